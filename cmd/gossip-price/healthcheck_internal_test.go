package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestCheckHealth(t *testing.T) {
	t.Parallel()
	hung := make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("/ok", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/away", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, `{"ready":false}`, http.StatusServiceUnavailable)
	})
	mux.HandleFunc("/endless", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, strings.Repeat("x", 1<<20), http.StatusInternalServerError)
	})
	mux.HandleFunc("/hangs", func(http.ResponseWriter, *http.Request) { <-hung })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(hung) })
	for path, want := range map[string]string{
		"/ok":      "",
		"/away":    `503 Service Unavailable: {"ready":false}`,
		"/endless": "500 Internal Server Error: xxx",
		"/none":    "404 Not Found",
		"/hangs":   "context deadline exceeded",
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			err := checkHealth(t.Context(), server.URL+path)
			if (err == nil) != (want == "") || (err != nil && !strings.Contains(err.Error(), want)) {
				t.Errorf("checkHealth = %.200v, want %q", err, want)
			}
			if err != nil && len(err.Error()) > maxShown+100 {
				t.Errorf("an answer of %d bytes is shown", len(err.Error()))
			}
			if took := time.Since(began); took > 3*healthTimeout {
				t.Errorf("it took %s", took)
			}
		})
	}
}
