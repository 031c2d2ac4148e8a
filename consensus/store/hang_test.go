package store_test

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/gossip-price/gossip-price/consensus/store"
)

// TestCloseHangingServer closes a store whose server took the connection and then fell silent: a node must not wait for
// its database when it stops.
func TestCloseHangingServer(t *testing.T) {
	t.Parallel()
	address, release := silentServer(t)
	prices, err := store.Open(t.Context(), "postgres://u:p@"+address+"/d?sslmode=disable")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := prices.Check(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Check = %v", err)
	}
	began := time.Now()
	if err := prices.Close(); err == nil {
		t.Error("Close tells nothing of the server")
	}
	if took := time.Since(began); took > 5*time.Second { // pgx alone waits for 15 s
		t.Errorf("Close took %s", took)
	}
	release()
}

// silentServer lets clients in and never answers a query, until it is released.
func silentServer(t *testing.T) (address string, release func()) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var handlers sync.WaitGroup
	released := make(chan struct{})
	handlers.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			handlers.Go(func() {
				welcome(conn)
				<-released
				_ = conn.Close()
			})
		}
	})
	release = sync.OnceFunc(func() {
		_ = listener.Close()
		close(released)
		handlers.Wait()
	})
	t.Cleanup(release)
	return listener.Addr().String(), release
}

// welcome does the handshake of the Postgres protocol. A cancel request is left without an answer.
func welcome(conn net.Conn) {
	backend := pgproto3.NewBackend(conn, conn)
	if message, err := backend.ReceiveStartupMessage(); err != nil {
		return
	} else if _, start := message.(*pgproto3.StartupMessage); !start {
		return
	}
	backend.Send(&pgproto3.AuthenticationOk{})
	backend.Send(&pgproto3.BackendKeyData{ProcessID: 1, SecretKey: []byte{1, 2, 3, 4}})
	backend.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
	_ = backend.Flush()
}
