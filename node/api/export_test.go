package api

import (
	"net"
	"net/http"
	"slices"
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
		bytes += len(e.data)
	}
	return len(f.events), bytes
}
