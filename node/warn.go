package node

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

// developmentKeys are the addresses of the first ten accounts of Anvil and Hardhat, whose keys everybody knows.
func developmentKeys() []string {
	return []string{
		"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
		"0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
		"0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
		"0x90F79bf6EB2c4f870365E785982E1f101E93b906",
		"0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65",
		"0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc",
		"0x976EA74026E726554dB657fA54763abd0C3a0aa9",
		"0x14dC79964da2C08b23698B3D3cc7Ca32193d9955",
		"0x23618e81E3f5cdF7f54C3d65f7FBc0aBf5B21E8f",
		"0xa0Ee7A142d267C1f36714E4a8F75612F20a79720",
	}
}

// isDevelopmentKey tells whether everybody can sign as this address.
func isDevelopmentKey(a signing.Address) bool { return slices.Contains(developmentKeys(), a.String()) }

// checkTimeout bounds the look at the price store on start-up.
const checkTimeout = 5 * time.Second

// warn says at every start what is dangerous about the settings, and what is wrong with the price store.
func (n *Node) warn(ctx context.Context) {
	self := n.key.Address()
	if isDevelopmentKey(self) {
		n.log.Warn("this node runs on a publicly known development key: anybody can sign as it", "address", self)
	}
	n.warnRoster()
	n.warnStages()
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	err := n.prices.Check(ctx)
	if err == nil {
		err = n.learnStore(ctx)
	}
	n.health.set("store", err)
	switch {
	case errors.Is(err, global.ErrSchema):
		n.log.Error("price store", "err", err)
	case err != nil:
		n.log.Warn("price store out of reach; verified prices wait in the outbox", "err", err)
	default:
		n.warnRights(ctx)
	}
}

// overseer is a price store that can tell what its database user may do beyond what a node needs.
type overseer interface {
	Excess(ctx context.Context) ([]string, error)
}

// warnRights says when whoever breaks into this node could do more than add rows.
func (n *Node) warnRights(ctx context.Context) {
	prices, ok := n.prices.(overseer)
	if !ok {
		return
	}
	excess, err := prices.Excess(ctx)
	if err != nil {
		n.log.Debug("read the rights of the database user", "err", err)
	}
	if len(excess) > 0 {
		n.log.Warn("the database user may do more than a node needs; 'gossip-price migrate' with GP_NODEDATABASEURL makes one that may not",
			"excess", excess)
	}
}

// warnRoster says what the roster and the quorum don't stand against.
func (n *Node) warnRoster() {
	self, roster, quorum := n.key.Address(), n.policy.Roster, n.policy.Quorum
	if roster.Open() {
		n.log.Warn("open network: GP_SIGNERS is unset, so one person with enough keys is a quorum", "quorum", quorum)
		return
	}
	if stage := n.cfg.FlushInterval / 3; stage < n.cfg.ClockSkew && roster.Size() > 1 {
		n.log.Info("a third of GP_FLUSHINTERVAL is shorter than GP_CLOCKSKEW: nodes whose clocks are as far apart may write the same rows, to no harm",
			"third", stage, "skew", n.cfg.ClockSkew)
	}
	if !roster.Contains(self) {
		n.log.Warn("this node is not in GP_SIGNERS: it passes prices on and stores them, but its signature does not count", "address", self)
	}
	if safe := 2*roster.Size()/3 + 1; quorum < safe {
		n.log.Warn("quorum is below two thirds of the roster plus one: a liar can get two prices of one round stored",
			"quorum", quorum, "roster", roster.Size(), "safe", safe)
	}
}

// warnStages says when a stage is so long that a round is over before the last members may sign: prices fail then that they could
// stand for, where many of those who are asked before them don't answer.
func (n *Node) warnStages() {
	if last := n.policy.LastTurn(); last > n.policy.Interval {
		n.log.Warn("GP_STAGEDELAY is too long: where many don't answer, the last members are asked when the round is over; unset, it is measured",
			"delay", n.policy.StageDelay, "last", last, "round", n.policy.Interval)
	}
}
