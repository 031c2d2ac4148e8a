package dashboard_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/gossip-price/gossip-price/node/devnet"
)

// realNodes runs real nodes for the time of the test, and returns the address of the first one's page.
func realNodes(t *testing.T) string {
	t.Helper()
	free, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr, folder := free.Addr().String(), t.TempDir()
	_ = free.Close()
	recorded := filepath.Join(folder, "prices.csv")
	rows := "time,close\n2026-01-01T00:00:00Z,2500.25\n2026-01-01T00:01:00Z,2501.75\n2026-01-01T00:02:00Z,2499.5\n"
	if err := os.WriteFile(recorded, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- devnet.Run(ctx, devnet.Options{
			Nodes: 4, Interval: 5 * time.Second, Settle: 2 * time.Second, Flush: 3 * time.Second, Data: folder, Prices: recorded, API: addr,
			Program: "gp", Version: "v1", Out: io.Discard, Log: slog.New(slog.DiscardHandler),
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("devnet = %v", err)
		}
	})
	return addr
}

// waitFor waits until a URL is answered well.
func waitFor(t *testing.T, url string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for ctx.Err() == nil {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		if resp, err := client.Do(req); err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		<-time.After(100 * time.Millisecond)
	}
	t.Fatalf("%s is not answered", url)
}

// The page of a real node follows what happens in its network, without being loaded anew.
func TestRealNodes(t *testing.T) {
	t.Parallel()
	b := browse(t)
	addr := realNodes(t)
	waitFor(t, "http://"+addr+"/")
	b.look(t, "http://"+addr+"/", 360, "dark")
	b.run(t,
		until(`document.querySelector('.health.ok') !== null`),
		until(`document.querySelectorAll('.rounds details').length > 3`),
		chromedp.Evaluate(`window.same = true; window.before = document.querySelector('.rounds details').id`, nil),
		until(`document.querySelector('.rounds details').id !== before`),
		until(`document.querySelector('.matrix .l5') !== null && document.querySelector('.chart .line') !== null`),
	)
	for what, expression := range map[string]string{
		"the page was not loaded anew": `window.same === true`,
		"four nodes":                   `document.querySelectorAll('.members tbody tr').length === 4`,
		"all connected":                `document.body.textContent.includes('6 of 6 possible connections')`,
		"prices are stored":            `/[34] stored/.test(document.querySelector('.rounds').textContent)`,
		"it is as wide as the screen":  `document.documentElement.scrollWidth === 360`,
	} {
		if !evaluate[bool](t, b, expression) {
			t.Errorf("%s: not so", what)
		}
	}
	b.calm(t)
	for _, v := range []view{{"light", 1280}, {"light", 390}, {"dark", 1280}, {"dark", 390}} {
		if os.Getenv("TEST_SCREENSHOTS") != "" {
			b.inspect(t, "devnet", "http://"+addr+"/", v)
		}
	}
}
