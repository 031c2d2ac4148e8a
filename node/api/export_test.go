package api

import (
	"net"
	"net/http"
	"slices"

	"github.com/gossip-price/gossip-price/consensus"
)

// Over puts the server on another listener, so that tests can run it in virtual time. The error is that of closing the
// one it had.
func (s *Server) Over(l net.Listener) error {
	old := s.listener
	s.listener = l
	return old.Close()
}

// Bounds of one request.
const (
	ReadTimeout     = readTimeout
	WriteTimeout    = writeTimeout
	IdleTimeout     = idleTimeout
	ShutdownTimeout = shutdownTimeout
	MaxHeader       = maxHeader
	MaxQuery        = maxQuery
	MaxStreams      = maxStreams
	Heartbeat       = heartbeat
	EventTimeout    = eventTimeout
	MaxEvents       = maxEvents
	MaxEventBytes   = maxEventBytes
	MaxTaken        = maxTaken
)

// Paths returns the paths of all routes, sorted.
func (s *Server) Paths() []string {
	var paths []string
	for _, r := range s.routes() {
		paths = append(paths, r.path)
	}
	slices.Sort(paths)
	return paths
}

// Handler returns what answers the requests.
func (s *Server) Handler() http.Handler { return s.handler }

// Held returns what the feed remembers.
func (f *Feed) Held() (events, bytes int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, e := range f.events {
		bytes += len(e.data())
	}
	return len(f.events), bytes
}

// Pieces returns how many bytes of events a reader that comes back is given at once, until it has all.
func (f *Feed) Pieces(id string) (pieces []int) {
	r, _ := f.join(id)
	defer r.leave()
	for {
		select {
		case <-r.wake:
		default:
			return pieces
		}
		events, _, _ := r.take()
		size := 0
		for _, e := range events {
			size += len(e.data())
		}
		pieces = append(pieces, size)
	}
}

// Weigh returns the bound of a row's JSON by which a feed counts.
func Weigh(row consensus.Row) int { return weigh(row) }

// First returns the id of the oldest event that is remembered.
func (f *Feed) First() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.id(f.oldest())
}
