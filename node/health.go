package node

import (
	"fmt"
	"sync"

	"github.com/gossip-price/gossip-price/node/api"
)

// health remembers what the parts of a node last said about themselves.
type health struct {
	mu     sync.Mutex
	faults map[string]error // by part; one entry for each part that ever spoke
}

func newHealth() *health { return &health{faults: make(map[string]error)} }

// set notes how a part's last attempt ended; nil is well.
func (h *health) set(part string, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.faults[part] = err
}

// heard tells whether the part has spoken, and its fault.
func (h *health) heard(part string) (bool, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	err, ok := h.faults[part]
	return ok, err
}

// Ready returns why prices can't reach quorum and get stored at present; nothing when they can.
func (n *Node) Ready() []api.Problem {
	var problems []api.Problem
	if need, have := n.policy.Quorum-1, n.topic.Peers(); have < need {
		problems = append(problems, api.Problem{
			Name:   "peers",
			Detail: fmt.Sprintf("peers that listen to prices: %d, quorum needs %d", have, need),
		})
	}
	if fault := n.pulse.clock.fault(); fault != "" {
		problems = append(problems, api.Problem{Name: "clock", Detail: fault})
	}
	for _, pair := range n.cfg.Pairs {
		if heard, err := n.health.heard("price " + string(pair)); !heard {
			problems = append(problems, api.Problem{Name: "price", Detail: string(pair) + ": no price fetched yet"})
		} else if err != nil {
			problems = append(problems, api.Problem{Name: "price", Detail: err.Error()})
		}
	}
	for _, part := range []string{"journal", outboxPart, "store", "rows"} {
		if _, err := n.health.heard(part); err != nil {
			problems = append(problems, api.Problem{Name: part, Detail: err.Error()})
		}
	}
	return problems
}
