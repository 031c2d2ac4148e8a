package node_test

import (
	"net"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/gossip-price/gossip-price/node"
)

// A node whose database has fallen silent stops well all the same, in time: what it has verified is in its outbox.
func TestStopWithSilentStore(t *testing.T) {
	t.Parallel()
	m := newMember(t, newKey(t))
	m.cfg.DatabaseURL = "postgres://u:p@" + silence(t) + "/d?sslmode=disable"
	m.start()
	m.wait(node.Quorum)
	m.halt()
	expectOutbox(t, m, 1)
}

// silence returns the address of a server that lets clients in and answers nothing else for the time of the test.
func silence(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan struct{})
	var clients sync.WaitGroup
	clients.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			clients.Go(func() {
				welcome(conn)
				<-over
				_ = conn.Close()
			})
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		close(over)
		clients.Wait()
	})
	return listener.Addr().String()
}

// welcome does the handshake of the Postgres protocol, with whoever wants to log in.
func welcome(conn net.Conn) {
	server := pgproto3.NewBackend(conn, conn)
	if message, err := server.ReceiveStartupMessage(); err != nil {
		return
	} else if _, login := message.(*pgproto3.StartupMessage); !login {
		return
	}
	server.Send(&pgproto3.AuthenticationOk{})
	server.Send(&pgproto3.BackendKeyData{ProcessID: 1, SecretKey: []byte{1, 2, 3, 4}})
	server.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
	_ = server.Flush()
}
