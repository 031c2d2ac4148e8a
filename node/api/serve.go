package api

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// Bounds of one request. Nothing that is served takes a body.
const (
	readTimeout  = 5 * time.Second
	writeTimeout = 10 * time.Second
	idleTimeout  = time.Minute
	maxHeader    = 16 << 10 // bytes
	// maxConnections bounds the connections of a Server, each with a file of the process: further ones wait. They are more than
	// its streams.
	maxConnections = 2 * maxStreams
)

// shutdownTimeout bounds the wait for answers under way.
const shutdownTimeout = time.Second

// Serve answers the requests that come to the listener, each within bounds, until ctx ends. It returns nil then. In any
// case it has closed the listener and all its connections.
func Serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler:        handler,
		ReadTimeout:    readTimeout,
		WriteTimeout:   writeTimeout,
		IdleTimeout:    idleTimeout,
		MaxHeaderBytes: maxHeader,
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		_ = server.Close() // of a server that accepts no more, connections and streams would live on
		return fmt.Errorf("serve HTTP: %w", err)
	case <-ctx.Done():
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	if server.Shutdown(stopping) != nil {
		_ = server.Close() // the answers under way had their time
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve HTTP: %w", err)
	}
	return nil
}
