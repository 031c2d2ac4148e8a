package writing

import "github.com/gossip-price/gossip-price/consensus/signing"

// Writer returns who announced a row of the node's own store, as far as is remembered: memory after it was announced, and
// not if somebody found it lacking since.
func (m *Machine) Writer(id signing.Digest) (writer signing.Address, announced bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, announced := m.covers[id]
	if announced {
		writer = n.Writer
	}
	return writer, announced
}
