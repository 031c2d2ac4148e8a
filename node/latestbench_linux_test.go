package node_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/node"
	"github.com/gossip-price/gossip-price/node/api"
)

// BenchmarkLatest asks a real node for the latest price over real loopback HTTP, by as many clients as there are processors, and
// beside it a bare handler that writes the same bytes: docs/performance.md, "The API".
func BenchmarkLatest(b *testing.B) {
	m := newMember(b, newKey(b))
	addr, stop := served(b, m)
	url := "http://" + addr + "/v1/prices/latest"
	m.wait(node.Stored)
	status, body := ask(b, url)
	if status != http.StatusOK {
		b.Fatalf("%d: %s", status, body)
	}
	bare := serveBare(b, []byte(body))
	for name, target := range map[string]string{"node": url, "bare": bare} {
		b.Run(name, func(b *testing.B) { request(b, target, len(body)) })
	}
	if err := stop(); err != nil {
		b.Fatal(err)
	}
}

// request sends b.N requests and checks that each is answered in full.
func request(b *testing.B, url string, size int) {
	b.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}
	defer transport.CloseIdleConnections()
	began, before := time.Now(), processorTime(b)
	b.RunParallel(func(pb *testing.PB) {
		req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, url, http.NoBody)
		if err != nil {
			b.Error(err)
			return
		}
		for pb.Next() {
			resp, err := transport.RoundTrip(req)
			if err != nil {
				b.Error(err)
				return
			}
			n, err := io.Copy(io.Discard, resp.Body)
			if err != nil || resp.StatusCode != http.StatusOK || int(n) < size { // the age grows
				b.Errorf("%s, %d bytes, %v", resp.Status, n, err)
			}
			_ = resp.Body.Close()
		}
	})
	b.ReportMetric(float64(b.N)/time.Since(began).Seconds(), "requests/s")
	b.ReportMetric(float64((processorTime(b)-before).Microseconds())/float64(b.N), "cpu-us/request")
}

// processorTime returns what this process has used, the clients among it.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// serveBare serves the bytes within the same bounds as a node, and does nothing else.
func serveBare(b *testing.B, body []byte) (url string) {
	b.Helper()
	listener, err := new(net.ListenConfig).Listen(b.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- api.Serve(ctx, listener, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(body)
		}))
	}()
	b.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			b.Error(err)
		}
	})
	return "http://" + listener.Addr().String()
}
