package api

import (
	"net"
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
