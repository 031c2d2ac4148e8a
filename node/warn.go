package node

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/node/api"
	"github.com/gossip-price/gossip-price/node/vitals"
)

// checkTimeout bounds the look at the price store on start-up.
const checkTimeout = 5 * time.Second

// warn says at every start what is dangerous about the settings, and what is wrong with the price store.
func (n *Node) warn(ctx context.Context) {
	warnOfSettings(n.log, vitals.SettingsRules(), Standing(n.cfg, n.key.Address()))
	if stage := n.cfg.FlushInterval / 3; stage < n.cfg.ClockSkew && n.policy.Roster.Size() > 1 {
		n.log.Info("a third of GP_FLUSHINTERVAL is shorter than GP_CLOCKSKEW: nodes whose clocks are as far apart may write the same rows, to no harm",
			"third", stage, "skew", n.cfg.ClockSkew)
	}
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	err := n.lookAtStore(ctx)
	n.health.set(storePart, err)
	switch {
	case errors.Is(err, global.ErrSchema):
		n.log.Error("price store", "err", err)
	case err != nil:
		n.log.Warn("price store out of reach; verified prices wait in the outbox", "err", err)
	}
}

// warnOfSettings tells which of the checks that the settings alone answer are not well.
func warnOfSettings(log *slog.Logger, rules []vitals.Rule, s vitals.Standing) {
	g := vitals.Glance{Standing: s}
	for i := range rules {
		if c := rules[i].Check(rules[i].Judge(&g)); c.State != api.CheckOK {
			log.Warn(c.Detail, "check", c.Name, "remedy", c.Remedy)
		}
	}
}

// overseer is a price store that can tell what its database user may do beyond what a node needs.
type overseer interface {
	Excess(ctx context.Context) ([]string, error)
}

// excess returns what whoever breaks into this node could do to the price store beyond adding rows, and tells it.
func (n *Node) excess(ctx context.Context) ([]string, error) {
	prices, ok := n.prices.(overseer)
	if !ok {
		return nil, nil
	}
	excess, err := prices.Excess(ctx)
	if err != nil {
		n.log.Debug("read the rights of the database user", "err", err)
		return nil, err
	}
	if len(excess) > 0 {
		n.log.Warn("the database user may do more than a node needs; 'gossip-price migrate' with GP_NODEDATABASEURL makes one that may not",
			"excess", excess)
	}
	return excess, nil
}
