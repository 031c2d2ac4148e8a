package store_test

import (
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/consensus/store/postgrestest"
	"github.com/gossip-price/gossip-price/consensus/store/storetest"
	"github.com/gossip-price/gossip-price/migrations"
)

// TestPostgresTLS has a server whose certificate is for localhost and that lets nobody in over TCP without TLS.
func TestPostgresTLS(t *testing.T) {
	t.Parallel()
	server := postgrestest.StartTLS(t)
	owner, node := server.NodeDatabase(t)
	verified := url.Values{"sslmode": {"verify-full"}, "sslrootcert": {server.Authority}, "channel_binding": {"require"}}
	ownerOverTLS, nodeOverTLS := server.Over(t, owner, "localhost", verified), server.Over(t, node, "localhost", verified)
	if _, err := migrations.Apply(t.Context(), ownerOverTLS, nodeOverTLS); err != nil {
		t.Fatal(err)
	}
	if again, err := migrations.Apply(t.Context(), ownerOverTLS, nodeOverTLS); err != nil || len(again) > 0 {
		t.Errorf("then ran %q, %v", again, err)
	}
	prices := open(t, nodeOverTLS)
	if stored, err := prices.Insert(t.Context(), store.NewBatch(storetest.NewSigners(t, "n", 1).Rows(t, 2))); err != nil || len(stored) != 2 {
		t.Errorf("stored %v, %v", stored, err)
	}
	for name, c := range tlsRefusals(server) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tlsRefused(t, server.Over(t, node, c.host, c.parameters), c.told)
		})
	}
	t.Run("client certificate", func(t *testing.T) {
		t.Parallel()
		clientCertificate(t, server, owner)
	})
	secret, err := url.Parse(node)
	if err != nil {
		t.Fatal(err)
	}
	password, _ := secret.User.Password()
	if log := server.Log(); strings.Contains(log, password) || !strings.Contains(log, "SCRAM-SHA-256$") {
		t.Errorf("the password reached the server's log, or the log misses the statement that set it:\n%s", log)
	}
}

type tlsRefusal struct {
	host       string
	parameters url.Values
	told       string
}

func tlsRefusals(server *postgrestest.TLSServer) map[string]tlsRefusal {
	with := func(mode, authority string) url.Values {
		v := url.Values{"sslmode": {mode}}
		if authority != "" {
			v.Set("sslrootcert", authority)
		}
		return v
	}
	return map[string]tlsRefusal{
		"wrong authority":       {"localhost", with("verify-full", server.Stranger), "unknown authority"},
		"authority of system":   {"localhost", with("verify-full", ""), "unknown authority"},
		"require and authority": {"localhost", with("require", server.Stranger), "unknown authority"},
		"wrong host":            {"127.0.0.1", with("verify-full", server.Authority), "cannot validate certificate for 127.0.0.1"},
		"no TLS":                {"localhost", with("disable", ""), "no encryption"},
	}
}

// tlsRefused checks a URL that must not come to a connection: the error tells why, and no password.
func tlsRefused(t *testing.T, address, told string) {
	err := open(t, address).Check(t.Context())
	if err == nil || !strings.Contains(err.Error(), told) {
		t.Errorf("Check = %v, want %q", err, told)
	}
	noPassword(t, err, address)
	_, err = migrations.Plan(t.Context(), address, "")
	if err == nil || !strings.Contains(err.Error(), told) {
		t.Errorf("Plan = %v, want %q", err, told)
	}
	noPassword(t, err, address)
}

func noPassword(t *testing.T, err error, address string) {
	t.Helper()
	u, parseErr := url.Parse(address)
	if parseErr != nil {
		t.Fatal(parseErr)
	}
	if password, _ := u.User.Password(); err != nil && strings.Contains(err.Error(), password) {
		t.Errorf("the error shows the password: %v", err)
	}
}

// clientCertificate logs a user in by a certificate instead of a password.
func clientCertificate(t *testing.T, server *postgrestest.TLSServer, owner string) {
	execute(t, owner, "CREATE ROLE "+postgrestest.Certified+" LOGIN; GRANT SELECT, INSERT ON prices TO "+postgrestest.Certified+
		"; GRANT SELECT ON price_store TO "+postgrestest.Certified)
	parameters := url.Values{"sslmode": {"verify-full"}, "sslrootcert": {server.Authority}, "user": {postgrestest.Certified}}
	if err := open(t, server.Over(t, owner, "localhost", parameters)).Check(t.Context()); err == nil {
		t.Error("let in without a certificate")
	}
	cert, key := server.ClientCertificate(t, postgrestest.Certified)
	parameters["sslcert"], parameters["sslkey"] = []string{cert}, []string{key}
	if err := open(t, server.Over(t, owner, "localhost", parameters)).Check(t.Context()); err != nil {
		t.Error(err)
	}
	cert, key = server.ClientCertificate(t, "somebody")
	parameters["sslcert"], parameters["sslkey"] = []string{cert}, []string{key}
	if err := open(t, server.Over(t, owner, "localhost", parameters)).Check(t.Context()); err == nil {
		t.Error("let in with the certificate of another user")
	}
}

// TestServerWithoutTLS has a server that answers that it has none. What asks for TLS ends there; what only prefers it goes
// on, and gives away its password to whoever says so.
func TestServerWithoutTLS(t *testing.T) {
	t.Parallel()
	for mode, goesOn := range map[string]bool{"require": false, "verify-ca": false, "verify-full": false, "prefer": true} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			host, stop := plainServer(t)
			err := open(t, "postgres://nodes:hunter2@"+host+"/d?sslmode="+mode).Check(t.Context())
			if err == nil || strings.Contains(err.Error(), "hunter2") || (!goesOn && !strings.Contains(err.Error(), "refused TLS")) {
				t.Errorf("Check = %v", err)
			}
			if heard := stop(); slices.Contains(heard, "hunter2") != goesOn {
				t.Errorf("in the clear it sent %q", heard)
			}
		})
	}
}

// plainServer refuses TLS and asks for passwords in the clear. Its stop returns those that it heard.
func plainServer(t *testing.T) (address string, stop func() []string) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var passwords []string
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			if password, ok := askPassword(conn); ok {
				passwords = append(passwords, password)
			}
			_ = conn.Close()
		}
	})
	stop = func() []string {
		_ = listener.Close()
		serving.Wait()
		return passwords
	}
	t.Cleanup(func() { stop() })
	return listener.Addr().String(), stop
}

func askPassword(conn net.Conn) (password string, ok bool) {
	backend := pgproto3.NewBackend(conn, conn)
	for {
		message, err := backend.ReceiveStartupMessage()
		if err != nil {
			return "", false
		}
		if _, wantsTLS := message.(*pgproto3.SSLRequest); !wantsTLS {
			break
		}
		if _, err := conn.Write([]byte("N")); err != nil {
			return "", false
		}
	}
	backend.Send(&pgproto3.AuthenticationCleartextPassword{})
	if backend.Flush() != nil || backend.SetAuthType(pgproto3.AuthTypeCleartextPassword) != nil {
		return "", false
	}
	answer, err := backend.Receive()
	if err != nil {
		return "", false
	}
	message, ok := answer.(*pgproto3.PasswordMessage)
	if !ok {
		return "", false
	}
	return message.Password, true
}
