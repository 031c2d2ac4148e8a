package writing

import "github.com/gossip-price/gossip-price/consensus"

// Verdict is what a node makes of a row that it read back.
type Verdict int

// The verdicts. The zero value is that of a row that was not read.
const (
	Unread Verdict = iota
	// Absent: there is no row under the id.
	Absent
	// Spurious: the content is not what the id says, or a signature is not its signer's.
	Spurious
	// Unproven: content and signatures are good, but neither the roster and quorum of today nor former ones that this node
	// knows make a proof of them.
	Unproven
	// Sound: a proof, by the roster and quorum of today or of the row's time.
	Sound
)

// Judge looks at a row that was read back; known are attestations of the same id that were found good before. It takes no lock:
// several may be judged at once.
func (m *Machine) Judge(row consensus.Row, known []consensus.Attestation) Verdict {
	if row.Network != m.cfg.Network || row.VerifySignatures(known...) != nil {
		return Spurious
	}
	if row.VerifyQuorum(m.cfg.Roster.Contains, m.cfg.Quorum) == nil {
		return Sound
	}
	for _, term := range m.cfg.Former {
		if term.Proves(row) {
			return Sound
		}
	}
	return Unproven
}

// kind returns the kind of finding that a row which does not count as stored is.
func (v Verdict) kind() Kind {
	switch v {
	case Spurious:
		return False
	case Unproven:
		return Unvouched
	}
	return Missing
}
