package api

import (
	"context"
	"net/http"
	"reflect"
	"strings"
	"time"
)

// route is one way to ask: GET, and HEAD with it. What it says of itself is what /v1/openapi.json tells.
type route struct {
	path    string // as net/http has it, with {names} for parameters
	summary string
	params  []param
	without string       // what a node does not do that can't answer: "keeps no records"
	gate    *gate        // nil: any number of requests at once
	media   string       // content type of the answer
	answer  reflect.Type // what the JSON of the answer is made of; nil: it is not JSON, or not ours
	handle  handle
}

// handle answers one request, whose parameters are q. It writes nothing before it returns an error.
type handle func(w http.ResponseWriter, r *http.Request, q query) error

const mediaJSON = "application/json"

// answerTimeout bounds the work on one answer.
const answerTimeout = 5 * time.Second

// shaped is an answer with a status or headers of its own.
type shaped interface {
	shape(h http.Header) (status int)
}

// ask completes a route that is answered by a node of the kind N, with the JSON of an A.
func ask[N, A any](s *Server, r route, f func(context.Context, N, query) (A, error)) route {
	r.media, r.answer = mediaJSON, reflect.TypeFor[A]()
	r.handle = func(w http.ResponseWriter, req *http.Request, q query) error {
		node, able := (*s.node.Load()).(N)
		if !able {
			return faultf(http.StatusNotFound, "this node %s: it is starting, or a bootstrap node", r.without)
		}
		ctx, cancel := context.WithTimeout(req.Context(), answerTimeout)
		defer cancel()
		var body A
		work := func() (err error) {
			body, err = f(ctx, node, q)
			return err
		}
		if q.verify {
			checked := work
			work = func() error { return s.verifying.pass(checked) }
		}
		if err := r.gate.pass(work); err != nil {
			return err
		}
		status := http.StatusOK
		w.Header().Set("Cache-Control", "no-store")
		if own, ok := any(body).(shaped); ok {
			status = own.shape(w.Header())
		}
		if tag := w.Header().Get("Etag"); tag != "" && known(req, tag) {
			w.WriteHeader(http.StatusNotModified)
			return nil
		}
		return write(w, mediaJSON, status, body)
	}
	return r
}

// plain makes a handle of what writes for itself.
func plain(h http.Handler) handle {
	return func(w http.ResponseWriter, r *http.Request, _ query) error {
		w.Header().Set("Cache-Control", "no-store")
		h.ServeHTTP(w, r)
		return nil
	}
}

// known tells whether the client has what the tag names (RFC 9110, section 13.1.2).
func known(req *http.Request, tag string) bool {
	for _, line := range req.Header.Values("If-None-Match") {
		for has := range strings.SplitSeq(line, ",") {
			if has = strings.TrimSpace(has); has == "*" || strings.TrimPrefix(has, "W/") == strings.TrimPrefix(tag, "W/") {
				return true
			}
		}
	}
	return false
}
