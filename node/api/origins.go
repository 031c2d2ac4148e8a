package api

import (
	"net/http"
	"slices"
)

// share lets scripts of the given origins read the answers (CORS, the Fetch standard, section 3.2); "*" stands for all.
func share(origins []string, h http.Handler) http.Handler {
	if len(origins) == 0 {
		return h
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		origin, header := r.Header.Get("Origin"), w.Header()
		switch {
		case slices.Contains(origins, "*"):
			origin = "*"
		case !slices.Contains(origins, origin):
			origin = ""
			header.Add("Vary", "Origin")
		default:
			header.Add("Vary", "Origin")
		}
		if origin == "" {
			h.ServeHTTP(w, r)
			return
		}
		header.Set("Access-Control-Allow-Origin", origin)
		header.Set("Access-Control-Expose-Headers", "ETag, Retry-After")
		if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
			header.Set("Access-Control-Allow-Methods", "GET, HEAD")
			header.Set("Access-Control-Allow-Headers", "Last-Event-ID, If-None-Match")
			header.Set("Access-Control-Max-Age", "86400")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		h.ServeHTTP(w, r)
	})
}
