// Package api is the HTTP interface of a node. It serves health from the first moment of the process to the last.
//
// A route is one entry of the table in routes.go; /v1/openapi.json is made from it.
package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/net/netutil"
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
	Origins []string // whose scripts may read the answers, GP_APIORIGINS; none: no other's
}

// Server answers the requests that routes.go lists.
type Server struct {
	options  Options
	handler  http.Handler
	listener net.Listener
	metrics  *prometheus.Registry
	node     atomic.Pointer[Node] // never nil

	verifying *gate // checks of proofs take the processor
	streams   *streams
	ended     chan struct{} // closed when the server is told to stop: streams end then
}

// Listen opens the address. Until Attach the server knows no node and says that it is starting.
func Listen(ctx context.Context, o Options) (*Server, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", o.Addr)
	if err != nil {
		return nil, fmt.Errorf("listen for HTTP: %w", err)
	}
	s := &Server{options: o, listener: listener, metrics: newRegistry(o.Version), verifying: newGate(2, "proofs are checked for two requests at once"), ended: make(chan struct{})}
	s.Attach(starting{})
	s.streams = newStreams(s)
	if s.handler, err = s.mux(); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	return s, nil
}

// Attach names the node that is asked from now on.
func (s *Server) Attach(n Node) { s.node.Store(&n) }

// Metrics returns where the metrics are registered that /metrics shows.
func (s *Server) Metrics() prometheus.Registerer { return s.metrics }

// Addr returns the address that the server listens on, HOST:PORT.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Run serves until ctx ends. It returns nil then. It is called once.
func (s *Server) Run(ctx context.Context) error {
	defer context.AfterFunc(ctx, func() { close(s.ended) })()
	return Serve(ctx, netutil.LimitListener(s.listener, maxConnections), s.handler)
}
