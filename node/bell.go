package node

import "sync"

// bell tells all that wait for it at once that something has happened. The zero value is ready to use, and safe for concurrent use.
type bell struct {
	mu sync.Mutex
	c  chan struct{} // closed when it rings; nil: nobody waits
}

// next returns a channel that is closed when the bell rings next.
func (b *bell) next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.c == nil {
		b.c = make(chan struct{})
	}
	return b.c
}

// ring wakes those that wait.
func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.c != nil {
		close(b.c)
		b.c = nil
	}
}
