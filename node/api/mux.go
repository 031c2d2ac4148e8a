package api

import (
	"net/http"
)

// mux returns what answers all requests: the routes, the page for people, and problems for the rest.
func (s *Server) mux() http.Handler {
	mux := http.NewServeMux()
	for _, r := range s.routes() {
		mux.HandleFunc("GET "+r.path, func(w http.ResponseWriter, req *http.Request) {
			q, err := parseQuery(req, r.params)
			if err == nil {
				err = r.handle(w, req, q)
			}
			if err != nil {
				refuse(w, err)
			}
		})
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
	return s.whole(mux)
}

// whole answers with a problem where a handler panics, and says so in the log.
func (s *Server) whole(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		defer func() {
			switch cause := recover(); cause {
			case nil:
			case http.ErrAbortHandler:
				panic(cause)
			default:
				s.options.Log.Error("HTTP request failed", "path", req.URL.Path, "panic", cause)
				refuse(w, faultf(http.StatusInternalServerError, "the node failed to answer; its log says more"))
			}
		}()
		h.ServeHTTP(w, req)
	})
}
