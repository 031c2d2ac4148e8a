package writing

import (
	"slices"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
)

// travel is by how much two nodes may differ in when they saw the last signature of a price, and so in which of two prices
// is the older one.
const travel = time.Second

// roll brings idle up to a new window: it grows when this node holds what was due in good time before the last window, and
// was passed over in it. Not when somebody tried and could not, for then more writers help nobody. Called with mu held.
func (m *Machine) roll(now time.Time, w consensus.Window, open []Waiting) {
	if w == m.rolled {
		return
	}
	last := m.rota.back(w, 1)
	switch {
	case !m.passedOver(last, open), m.stuck >= last:
		m.idle = 0
	case m.rolled == last:
		m.idle++
	}
	m.rolled = w
	if 1<<min(m.idle, 20) >= len(m.rota.members) && m.idle > 0 && now.Sub(m.heard) > memory {
		m.alone = true
	}
}

// passedOver tells whether nobody wrote in a window what this node holds and was due before. Everybody writes the oldest
// first: while others write what is older, or this node itself does, it is a backlog that is under way; but where they wrote
// what is younger they don't have it, and where they wrote nothing they are not there. Called with mu held.
func (m *Machine) passedOver(w consensus.Window, open []Waiting) bool {
	if m.wrote >= w {
		return false
	}
	due, front := w.Start().Add(-m.cfg.Skew), m.front[w]
	return slices.ContainsFunc(open, func(c Waiting) bool {
		return !c.Due.After(due) && (front.IsZero() || c.Due.Before(front.Add(-travel)))
	})
}

// advance notes how far the members that act in a window have come: when the youngest came due of what they announced and
// this node holds. Whoever has no turn has no part in it. Called with mu held.
func (m *Machine) advance(n *notice, c Waiting) {
	if n.Writer == m.cfg.Self || !c.Due.After(m.front[n.Window]) {
		return
	}
	if _, recent := m.said[n.Window]; !recent {
		return
	}
	if rank := m.rota.rank(n.Writer, n.Window); rank != noRank && rank < stages<<min(m.idle, 20) {
		m.front[n.Window] = c.Due
	}
}
