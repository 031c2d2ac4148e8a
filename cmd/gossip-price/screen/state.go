// Package screen shows people at a terminal what a node answers: pure functions from the answers to text.
package screen

import (
	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/node/api"
)

// State is what a node answered at one time. Its JSON is what `status --json` writes.
type State struct {
	URL     string         `json:"url"`
	Time    consensus.Time `json:"time"` // when it was asked, by this machine's clock
	Version string         `json:"version"`
	Ready   bool           `json:"ready"`
	// Error is why there was no answer at all; then nothing of the rest is there.
	Error string `json:"error,omitempty"`
	// Problems is why the node is not ready.
	Problems []api.Problem `json:"problems"`
	Checks   []api.Check   `json:"checks"`  // null: not answered
	Latest   []api.Latest  `json:"latest"`  // by pair; those that have a price
	Round    *api.Story    `json:"round"`   // the last one; null: not answered
	Network  *api.Network  `json:"network"` // null: not answered
	// Missing has why a part was not answered, by the part's name: a node of another version, a bootstrap node, or one that
	// is busy. It is no error.
	Missing map[string]string `json:"missing"`
}

// The parts that may be missing. A part of Latest is PartLatest, a blank and the pair.
const (
	PartChecks  = "checks"
	PartLatest  = "latest"
	PartRound   = "round"
	PartNetwork = "network"
)

// self returns what the node told of itself by its heartbeats, or nil.
func (s *State) self() *api.Member {
	if s.Network == nil {
		return nil
	}
	for i := range s.Network.Members {
		if m := &s.Network.Members[i]; m.Address == s.Network.Self {
			return m
		}
	}
	return nil
}
