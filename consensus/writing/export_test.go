package writing

import (
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// Hear is Receive of a message whose signature is good.
func (m *Machine) Hear(w consensus.Writing, now time.Time) Outcome {
	msg := newMessage(w)
	if outcome := m.screen(msg, now); outcome != Accepted {
		return outcome
	}
	return m.hear(msg, now)
}

// Rank is the rank of a member in the window of an instant.
func (m *Machine) Rank(a signing.Address, now time.Time) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.rota.rank(a, consensus.WindowAt(now, m.cfg.Interval))
}

// Remembered returns how many ids and lacking rows are in memory.
func (m *Machine) Remembered() (ids, lacking int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.ids, len(m.lacking)
}
