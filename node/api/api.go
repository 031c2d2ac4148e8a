// Package api is the HTTP interface of a node. It serves health from the first moment of the process to the last.
package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Problem is one reason why a node is not ready.
type Problem struct {
	Name   string `json:"name"`
	Detail string `json:"detail"`
}

// Server answers /healthz, which tells that the process lives, /readyz, which tells whether prices can reach quorum and
// get stored, /metrics, what the node keeps of faults and refusals, and the network as it sees it.
type Server struct {
	handler  http.Handler
	listener net.Listener
	metrics  *prometheus.Registry
	ready    atomic.Pointer[func() []Problem]
	records  atomic.Pointer[Records]
	observer atomic.Pointer[Observer]
	viewing  sync.Mutex // held while the network is viewed: one request at a time, for in a large one that takes a while
	reading  sync.Mutex // held while records are read: one request at a time, for signing waits for the journal too
}

// Listen opens the address HOST:PORT. The server is not ready until SetReady says how to ask.
func Listen(ctx context.Context, addr, version string) (*Server, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen for HTTP: %w", err)
	}
	mux := http.NewServeMux()
	s := &Server{handler: mux, listener: listener, metrics: newRegistry(version)}
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]string{"status": "ok", "version": version})
	})
	mux.HandleFunc("GET /readyz", s.readyz)
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.metrics, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /v1/evidence", s.evidence)
	mux.HandleFunc("GET /v1/refusals", s.refusals)
	mux.HandleFunc("GET /v1/network", s.network)
	return s, nil
}

// SetReady names the function that returns why the node is not ready; none means that it is.
func (s *Server) SetReady(problems func() []Problem) { s.ready.Store(&problems) }

// SetRecords names the node that keeps records.
func (s *Server) SetRecords(records Records) { s.records.Store(&records) }

// SetObserver names the node that sees the network.
func (s *Server) SetObserver(observer Observer) { s.observer.Store(&observer) }

// Metrics returns where the metrics are registered that /metrics shows.
func (s *Server) Metrics() prometheus.Registerer { return s.metrics }

// Addr returns the address that the server listens on, HOST:PORT.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Run serves until ctx ends. It returns nil then.
func (s *Server) Run(ctx context.Context) error { return Serve(ctx, s.listener, s.handler) }

func (s *Server) readyz(w http.ResponseWriter, _ *http.Request) {
	problems := []Problem{{Name: "start", Detail: "the node is starting"}}
	if ready := s.ready.Load(); ready != nil {
		problems = (*ready)()
	}
	status := http.StatusOK
	if len(problems) > 0 {
		status = http.StatusServiceUnavailable
	}
	answer(w, status, map[string]any{"ready": len(problems) == 0, "problems": append([]Problem{}, problems...)})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	write(w, status, body)
}

func write(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that went away misses nothing
}
