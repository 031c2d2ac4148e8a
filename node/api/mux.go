package api

import (
	"fmt"
	"net/http"
	"runtime/debug"

	"github.com/klauspost/compress/gzhttp"
)

// minCompressed is the size from which answers are compressed, in bytes: smaller ones fit into a packet as they are.
const minCompressed = 1400

// mux returns what answers all requests: the routes, the page for people, and problems for the rest.
func (s *Server) mux() (http.Handler, error) {
	mux := http.NewServeMux()
	compress, err := gzhttp.NewWrapper(gzhttp.MinSize(minCompressed))
	if err != nil {
		return nil, fmt.Errorf("compress answers: %w", err)
	}
	for _, r := range s.routes() {
		mux.Handle("GET "+r.path, r.compressed(compress, func(w http.ResponseWriter, req *http.Request) {
			q, err := parseQuery(req, r.params)
			if err == nil {
				err = r.handle(w, req, q)
			}
			if err != nil {
				refuse(w, err)
			}
		}))
	}
	mux.HandleFunc("GET /{$}", s.page)
	mux.HandleFunc("GET /assets/{name}", s.page)
	mux.HandleFunc("/", func(w http.ResponseWriter, req *http.Request) {
		get := req.Clone(req.Context())
		get.Method = http.MethodGet
		if _, pattern := mux.Handler(get); pattern == "/" {
			refuse(w, faultf(http.StatusNotFound, "nothing is served at %.80q; /v1/openapi.json lists what is", req.URL.Path))
			return
		}
		w.Header().Set("Allow", "GET, HEAD")
		refuse(w, faultf(http.StatusMethodNotAllowed, "everything is read only: GET or HEAD"))
	})
	return share(s.options.Origins, s.whole(mux)), nil
}

// whole answers with a problem where a handler panics. The log has where: net/http, which would say so, does not come to know.
func (s *Server) whole(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		defer func() {
			switch cause := recover(); cause {
			case nil:
			case http.ErrAbortHandler:
				panic(cause)
			default:
				s.options.Log.Error("HTTP request failed", "path", req.URL.Path, "panic", cause, "stack", string(debug.Stack()))
				refuse(w, faultf(http.StatusInternalServerError, "the node failed to answer; its log says more"))
			}
		}()
		h.ServeHTTP(w, req)
	})
}

// compressed has JSON compressed. A stream is not: each event goes out by itself.
func (r route) compressed(compress func(http.Handler) http.HandlerFunc, h http.HandlerFunc) http.Handler {
	if r.media != mediaJSON {
		return h
	}
	return compress(h)
}
