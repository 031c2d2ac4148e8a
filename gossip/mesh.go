package gossip

import (
	"sync"

	"github.com/libp2p/go-libp2p/core/peer"
)

// meshes know which peers are in the mesh of each topic, as gossipsub tells it through tracer: those to which a message of
// others is passed on at once. gossipsub bounds them: twelve a topic, and those that graft themselves by opening the connection.
type meshes struct {
	mu sync.Mutex                      // guards of; gossipsub calls with nothing of this package's held
	of map[string]map[peer.ID]struct{} // by topic
}

func newMeshes() *meshes { return &meshes{of: make(map[string]map[peer.ID]struct{})} }

func (m *meshes) join(topic string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.of[topic] == nil {
		m.of[topic] = make(map[peer.ID]struct{})
	}
}

func (m *meshes) graft(id peer.ID, topic string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if of, joined := m.of[topic]; joined {
		of[id] = struct{}{}
	}
}

func (m *meshes) prune(id peer.ID, topic string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.of[topic], id)
}

// gone takes a peer out of all meshes: gossipsub tells nothing else when its stream ends.
func (m *meshes) gone(id peer.ID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, of := range m.of {
		delete(of, id)
	}
}

func (m *meshes) sizes() map[string]int {
	m.mu.Lock()
	defer m.mu.Unlock()
	sizes := make(map[string]int, len(m.of))
	for topic, of := range m.of {
		sizes[topic] = len(of)
	}
	return sizes
}
