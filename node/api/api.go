// Package api is the HTTP interface of a node. It serves health from the first moment of the process to the last.
//
// A route is one entry of the table in routes.go; /v1/openapi.json is made from it.
package api

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
)

// Node is what a server asks. Every node tells whether it is ready; what else it can be asked are the small interfaces beside
// the routes (Records, Observer, ..), and a route that needs one which the node has not is answered with 404.
type Node interface {
	// Ready returns why prices can't reach quorum and get stored at present; nothing when they can.
	Ready() []Problem
}

// Options are what a server is made with. Addr and Log are needed.
type Options struct {
	Addr    string // HOST:PORT
	Version string // of the program
	Log     *slog.Logger
}

// Server answers the requests that routes.go lists.
type Server struct {
	options  Options
	handler  http.Handler
	listener net.Listener
	metrics  *prometheus.Registry
	node     atomic.Pointer[Node] // never nil
}

// Listen opens the address. Until Attach the server knows no node and says that it is starting.
func Listen(ctx context.Context, o Options) (*Server, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", o.Addr)
	if err != nil {
		return nil, fmt.Errorf("listen for HTTP: %w", err)
	}
	s := &Server{options: o, listener: listener, metrics: newRegistry(o.Version)}
	s.Attach(starting{})
	s.handler = s.mux()
	return s, nil
}

// Attach names the node that is asked from now on.
func (s *Server) Attach(n Node) { s.node.Store(&n) }

// Metrics returns where the metrics are registered that /metrics shows.
func (s *Server) Metrics() prometheus.Registerer { return s.metrics }

// Addr returns the address that the server listens on, HOST:PORT.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Run serves until ctx ends. It returns nil then.
func (s *Server) Run(ctx context.Context) error { return Serve(ctx, s.listener, s.handler) }
