package api

import (
	"context"
	"net/http"
)

// Problem is one reason why a node is not ready.
type Problem struct {
	Name   string `json:"name"`
	Detail string `json:"detail"`
}

// starting is the node before there is one.
type starting struct{}

func (starting) Ready() []Problem { return []Problem{{Name: "start", Detail: "the node is starting"}} }

// health is the body of /healthz.
type health struct {
	Status  string `json:"status"`
	Version string `json:"version"`
}

func (s *Server) health(context.Context, Node, query) (health, error) {
	return health{"ok", s.options.Version}, nil
}

// readiness is the body of /readyz.
type readiness struct {
	Problems []Problem `json:"problems"`
	Ready    bool      `json:"ready"`
}

func (r readiness) shape(http.Header) int {
	if r.Ready {
		return http.StatusOK
	}
	return http.StatusServiceUnavailable
}

func ready(_ context.Context, n Node, _ query) (readiness, error) {
	problems := n.Ready()
	return readiness{append([]Problem{}, problems...), len(problems) == 0}, nil
}
