package api

import "net"

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
)
