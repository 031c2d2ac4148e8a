package api

import (
	"context"

	"github.com/gossip-price/gossip-price/consensus"
)

// CheckState is how a check of a node on itself ended. The list is closed.
type CheckState string

// The states.
const (
	CheckOK      CheckState = "ok"
	CheckWarning CheckState = "warning" // prices flow, and somebody should look
	CheckFailing CheckState = "failing" // prices don't reach quorum, or don't get stored
)

// Check is one check of a node on itself: what was found, what it means and what to do.
type Check struct {
	Name    string          `json:"name"` // one word or two, joined by underscores
	State   CheckState      `json:"state"`
	Detail  string          `json:"detail"`            // what was found, with figures
	Meaning string          `json:"meaning,omitempty"` // what follows from it; empty when all is well
	Remedy  string          `json:"remedy,omitempty"`  // what to do; empty when all is well
	Since   *consensus.Time `json:"since"`             // since when it has been in this state; null: since the node's start
}

// Checker is a node that checks itself.
type Checker interface {
	// Checks returns what was found, the same checks in the same order at each call.
	Checks() []Check
}

// checked is the body of /v1/checks.
type checked struct {
	Checks []Check `json:"checks"`
}

func checks(_ context.Context, n Checker, _ query) (checked, error) {
	return checked{append([]Check{}, n.Checks()...)}, nil
}
