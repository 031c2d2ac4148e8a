package node

import (
	"sync"
)

// Parts of a node that speak of themselves. Who reads the journal does not speak for who writes: a full disk can be read.
const (
	journalPart = "journal" // what was last written to it; once a minute that is the pruning
	readingPart = "reading the journal"
	outboxPart  = "outbox"
	storePart   = "store"
	rowsPart    = "rows"
	pricePart   = "price " // and the pair
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

// fault returns what the part last said.
func (h *health) fault(part string) error {
	_, err := h.heard(part)
	return err
}
