package node_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/node"
)

// served runs Serve until the returned function is called, which returns its error, and tells the server's address.
func served(t testing.TB, m *member) (addr string, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- node.Serve(ctx, m.cfg, m.parts(), "v1") }()
	eventually(t, "the server's line", func() bool { return strings.Contains(m.logged(), "HTTP server started") })
	_, rest, _ := strings.Cut(m.logged(), "addr=")
	addr, _, _ = strings.Cut(rest, " ")
	return addr, func() error {
		cancel()
		return <-ended
	}
}

func ask(t testing.TB, url string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

func TestServe(t *testing.T) {
	t.Parallel()
	for name, bootstrap := range map[string]bool{"gossip node": false, "bootstrap node": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMember(t, newKey(t))
			m.cfg.Bootstrap = bootstrap
			addr, stop := served(t, m)
			eventually(t, "readiness", func() bool {
				status, _ := ask(t, "http://"+addr+"/readyz")
				return status == http.StatusOK
			})
			if status, body := ask(t, "http://"+addr+"/healthz"); status != http.StatusOK || !strings.Contains(body, "v1") {
				t.Errorf("healthz: %d %s", status, body)
			}
			if err := stop(); err != nil {
				t.Errorf("Serve = %v", err)
			}
			if status, _ := ask(t, "http://"+addr+"/healthz"); status != 0 {
				t.Error("the server outlives the node")
			}
			if bootstrap && len(m.steps(node.Fetched)) > 0 {
				t.Error("a bootstrap node fetched a price")
			}
		})
	}
}

// What keeps a node from starting is told, and nothing stays behind.
func TestServeFails(t *testing.T) {
	t.Parallel()
	taken, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })
	for name, test := range map[string]struct {
		change func(m *member)
		want   func(err error) bool
	}{
		"HTTP address in use": {
			func(m *member) { m.cfg.APIAddr = taken.Addr().String() },
			func(err error) bool { return strings.Contains(err.Error(), "address already in use") },
		},
		"no key file": {
			func(m *member) {
				m.cfg.Bootstrap, m.cfg.PrivateKey = true, signing.Key{}
				m.cfg.KeyFile = filepath.Join(t.TempDir(), "none")
			},
			func(err error) bool { return errors.Is(err, fs.ErrNotExist) },
		},
		"bad database URL": {
			func(m *member) { m.cfg.DatabaseURL = "mysql://x" },
			func(err error) bool { return strings.Contains(err.Error(), "open price store") },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMember(t, newKey(t))
			test.change(m)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			if err := node.Serve(ctx, m.cfg, m.parts(), "v1"); err == nil || !test.want(err) || ctx.Err() != nil {
				t.Errorf("Serve = %v", err)
			}
		})
	}
}
