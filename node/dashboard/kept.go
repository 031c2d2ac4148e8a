package dashboard

import (
	"sync"
	"time"
)

const (
	// fresh is for how long at least a page is given to whoever asks.
	fresh = time.Second
	// share is how many times longer than it took to make a page is kept, so that pages take a twentieth of a core at most,
	// however large the network and however many watch.
	share = 20
	// stale is for how long a page is kept at most. What takes as long is a source that is waited for, not work, and then people look.
	stale = 10 * time.Second
)

// kept is the page as it was made last.
type kept struct {
	mu    sync.Mutex // held while a page is made: who asks meanwhile waits for it
	body  []byte
	until time.Time
}

// page returns the last page while it is fresh, and otherwise a newly made one.
func (k *kept) page(render func() ([]byte, error)) ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	began := time.Now()
	if began.Before(k.until) {
		return k.body, nil
	}
	body, err := render()
	if err != nil {
		return nil, err
	}
	took := time.Since(began)
	k.body, k.until = body, began.Add(took+min(max(fresh, share*took), stale))
	return body, nil
}
