package node

import (
	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/config"
)

func policyOf(cfg config.Config, self signing.Address) consensus.Policy {
	return consensus.Policy{
		Network:      cfg.Network,
		Self:         self,
		Pairs:        cfg.Pairs,
		Interval:     cfg.FetchPriceInterval,
		Quorum:       cfg.MinimumSignerCount,
		Roster:       consensus.NewRoster(cfg.Signers...),
		Proposers:    cfg.Proposers,
		MaxDeviation: cfg.MaxDeviation,
		Freshness:    cfg.PriceFreshness,
		Settle:       cfg.SettlePeriod,
		Skew:         cfg.ClockSkew,
		StageDelay:   cfg.StageDelay,
	}
}
