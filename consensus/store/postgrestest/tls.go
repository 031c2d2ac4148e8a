package postgrestest

import (
	"net"
	"net/url"
	"os"
	"path/filepath"
	"testing"
)

// TLSServer is a Postgres server of the test's own that is also reached over TCP on loopback, by TLS only, with a
// certificate for localhost. It logs every statement. There its owner, postgres, has the password Password.
type TLSServer struct {
	Server
	Authority string     // file with the certificate of who signed the server's certificate
	Stranger  string     // file with that of another authority
	Port      string     // on loopback
	issuer    *authority // of client certificates
}

const (
	// Password is that of the owner of a TLSServer.
	Password = "correct-horse"
	// Certified is a user of a TLSServer who logs in by a client certificate, and not otherwise.
	Certified = "certified"
)

// StartTLS returns a server as Start does, but always one of the test's own.
func StartTLS(t testing.TB) *TLSServer {
	t.Helper()
	if os.Getenv("TEST_DATABASEURL") != "" && findBinaries() == "" {
		t.Skip("a server with TLS needs Postgres binaries: the one of TEST_DATABASEURL is not ours to set up")
	}
	folder := t.TempDir()
	s := &TLSServer{
		Authority: filepath.Join(folder, "authority.pem"), Stranger: filepath.Join(folder, "stranger.pem"),
		Port: freePort(t), issuer: newAuthority(t),
	}
	s.issuer.save(t, s.Authority)
	newAuthority(t).save(t, s.Stranger)
	s.admin, s.Log = launch(t, needBinaries(t), s.Port, func(folder string) (options []string, access string) {
		cert, key, ca := filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem"), filepath.Join(folder, "ca.pem")
		s.issuer.issue(t, "localhost", cert, key)
		s.issuer.save(t, ca)
		for name, value := range map[string]string{
			"listen_addresses": "127.0.0.1", "ssl": "on", "ssl_cert_file": cert, "ssl_key_file": key,
			"ssl_ca_file": ca, "log_statement": "all", "log_connections": "on",
		} {
			options = append(options, "-c", name+"="+value)
		}
		return options, "hostssl all " + Certified + " all cert\nhostssl all all all scram-sha-256\n"
	})
	s.run(t, "ALTER ROLE postgres PASSWORD '"+Password+"'")
	return s
}

// Over returns the URL of a database of this server, or of one of its roles, as it is reached over TCP: at a host, and with
// parameters of the connection, such as sslmode.
func (s *TLSServer) Over(t testing.TB, address, host string, parameters url.Values) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	if _, set := u.User.Password(); !set {
		u.User = url.UserPassword(u.User.Username(), Password)
	}
	u.Host = net.JoinHostPort(host, s.Port)
	query := u.Query()
	query.Del("host")
	query.Del("port")
	for name, values := range parameters {
		query[name] = values
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// ClientCertificate makes a certificate for a user, signed by the authority that the server trusts, and returns its files.
func (s *TLSServer) ClientCertificate(t testing.TB, user string) (certificate, key string) {
	t.Helper()
	folder := t.TempDir()
	certificate, key = filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	s.issuer.issue(t, user, certificate, key)
	return certificate, key
}

// freePort returns a TCP port of loopback that nobody listens on.
func freePort(t testing.TB) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}
