package node

import (
	"context"
	"sync"
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/node/vitals"
)

const (
	// surveyPeriod is how often disk and journal are looked at.
	surveyPeriod = 10 * time.Second
	// rightsPeriod is how often the price store is asked what its user may do.
	rightsPeriod = time.Hour
)

// survey remembers what the checks need to know and what takes a disk or the database to find out.
type survey struct {
	mu      sync.Mutex
	machine vitals.Machine

	asked time.Time // when the price store last told its user's rights; zero: never; of the survey loop
}

// last returns what was last found.
func (s *survey) last() vitals.Machine {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.machine
}

// surveyLoop looks at what takes a disk or the database.
func (n *Node) surveyLoop(ctx context.Context) error {
	for global.Wait(ctx, surveyPeriod) {
		n.survey.look(ctx, n)
	}
	return nil
}

// look looks again.
func (s *survey) look(ctx context.Context, n *Node) {
	m := s.last()
	m.Free, m.FreeErr = vitals.FreeSpace(n.cfg.DataDir)
	lookAtKeyFile(n.cfg, &m)
	m.Backlog, m.OldestIs = n.backlog(ctx)
	if n.health.fault(storePart) == nil && (s.asked.IsZero() || time.Since(s.asked) >= rightsPeriod) {
		if excess, err := n.excess(ctx); err == nil {
			m.Excess, s.asked = excess, time.Now()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.machine = m
}

// lookAtKeyFile looks whether the key file, if the key is in one, is the node's own.
func lookAtKeyFile(cfg config.Config, m *vitals.Machine) {
	if cfg.PrivateKey.IsZero() {
		m.KeyFile = cfg.KeyPath()
		m.KeyErr = signing.CheckKeyFile(m.KeyFile)
	}
}
