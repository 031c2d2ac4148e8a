package writing

import (
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// Kind is what a reader found instead of a row.
type Kind string

// The kinds of findings.
const (
	// Missing: a row was announced and is not there.
	Missing Kind = "missing"
	// False: there is a row under the id, and it does not verify.
	False Kind = "false"
	// Unvouched: there is a row under the id of a certificate that this node holds, and its signatures are good, but they are
	// no quorum of a roster that this node ever had.
	Unvouched Kind = "unvouched"
)

// Kinds returns all kinds.
func Kinds() []Kind { return []Kind{Missing, False, Unvouched} }

// Finding is what this node found when it read a row back. That the writer announced the row is proven by its signature;
// that the row is not there is this node's word alone: the store may have lost it after the writer and the auditors saw it.
type Finding struct {
	Kind         Kind                   `json:"kind"`
	Announcement consensus.Announcement `json:"announcement"`
	// Auditors told before that the row is there.
	Auditors []signing.Address `json:"auditors"`
	At       time.Time         `json:"at"`
}

// Findings returns the last findings, the newest last.
func (m *Machine) Findings() []Finding {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]Finding(nil), m.findings...)
}
