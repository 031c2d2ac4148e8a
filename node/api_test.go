package node_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/node"
	"github.com/gossip-price/gossip-price/node/api"
)

// A price of a real node by every way to ask for it: on its way, then stored; and after a restart too.
func TestPricesAPI(t *testing.T) {
	t.Parallel()
	m := newMember(t, newKey(t))
	m.cfg.SettlePeriod = 2 * time.Second
	addr, stop := served(t, m)
	url := "http://" + addr
	quorum := m.wait(node.Quorum)
	var waiting api.Price
	answered(t, url+"/v1/prices/"+quorum.ID.String()+"?verify=1", &waiting)
	if waiting.ID != quorum.ID || waiting.Stored || waiting.CreatedTime != nil || waiting.Age == nil || waiting.Verified == nil || !waiting.Verified.OK {
		t.Errorf("on its way: %+v", waiting)
	}
	m.wait(node.Stored)
	var stored api.Price
	answered(t, url+"/v1/prices/"+quorum.ID.String(), &stored)
	if stored.ID != quorum.ID || !stored.Stored || stored.CreatedTime == nil || stored.Age != nil || stored.Verified != nil {
		t.Errorf("stored: %+v", stored)
	}
	var list api.PriceList
	answered(t, url+"/v1/prices?pair=ETH-USD&limit=1&verify=1", &list)
	if len(list.Prices) != 1 || list.Prices[0].ID != quorum.ID || list.Next != nil || list.Age == nil || !list.Prices[0].Verified.OK {
		t.Errorf("listed: %+v", list)
	}
	if answered(t, url+"/v1/prices?pair=X-Y", &list); len(list.Prices) != 0 || list.Age != nil {
		t.Errorf("of a pair that there is not: %+v", list)
	}
	latest := func(url string) {
		t.Helper()
		var latest api.Latest
		answered(t, url+"/v1/prices/latest?verify=1", &latest)
		if latest.Proof.ID != quorum.ID || latest.Count != 1 || latest.Signers != 1 || latest.Stale || !latest.Verified.OK ||
			latest.Price != quorum.Observation.Price || latest.Proof.Verify(consensus.NewRoster(m.cfg.Signers...).Contains, 1) != nil {
			t.Errorf("latest: %+v", latest)
		}
	}
	latest(url)
	if status, body := ask(t, url+"/v1/prices/latest?pair=X-Y"); status != http.StatusNotFound || !strings.Contains(body, "does not watch X-Y") {
		t.Errorf("%d: %s", status, body)
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	m.mu.Lock()
	m.log.Reset()
	m.mu.Unlock()
	addr, stop = served(t, m) // it remembers
	defer func() { _ = stop() }()
	eventually(t, "a node behind the server", func() bool {
		status, _ := ask(t, "http://"+addr+"/v1/prices/latest")
		return status == http.StatusOK
	})
	latest("http://" + addr)
}

// answered asks, and reads the answer into what it is to be.
func answered(t *testing.T, url string, into any) {
	t.Helper()
	status, body := ask(t, url)
	if err := json.Unmarshal([]byte(body), into); err != nil || status != http.StatusOK {
		t.Fatalf("%s: %d %v: %s", url, status, err, body)
	}
}

// A thousand idle streams, and clients that never finish their request, leave a node to its work: its prices reach quorum and are
// stored as ever, and each stream is told of them.
func TestManyClients(t *testing.T) {
	t.Parallel()
	const streams, lorises, rounds = 1000, 200, 3
	m := newMember(t, newKey(t))
	m.cfg.FetchPriceInterval, m.cfg.PriceFreshness = time.Second, time.Second
	addr, stop := served(t, m)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	var open, told atomic.Int64
	for range streams {
		wg.Go(func() {
			n, err := listen(ctx, addr, &open)
			if err != nil && ctx.Err() == nil {
				t.Error(err)
			}
			if n > 0 {
				told.Add(1)
			}
		})
	}
	for range lorises {
		wg.Go(func() { dawdle(ctx, addr) })
	}
	eventually(t, "all streams open", func() bool { return open.Load() == streams })
	before := len(m.steps(node.Quorum))
	eventually(t, "more prices", func() bool { return len(m.steps(node.Quorum)) >= before+rounds })
	eventually(t, "stored prices", func() bool { return len(m.steps(node.Stored)) >= before+1 })
	for _, e := range m.steps(node.Refused) {
		t.Errorf("refused: %+v", e)
	}
	eventually(t, "a ready node", func() bool { // its checks look now and then
		status, _ := ask(t, "http://"+addr+"/readyz")
		return status == http.StatusOK
	})
	cancel()
	wg.Wait()
	if told.Load() != streams {
		t.Errorf("%d of %d streams were told of prices", told.Load(), streams)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// listen reads a stream until ctx ends, and returns how much came.
func listen(ctx context.Context, addr string, open *atomic.Int64) (n int64, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/v1/stream", http.NoBody)
	if err != nil {
		return 0, err
	}
	transport := &http.Transport{DisableKeepAlives: true}
	var resp *http.Response
	for { // there is no node behind the server yet, perhaps
		if resp, err = transport.RoundTrip(req); err != nil {
			return 0, err
		}
		if resp.StatusCode == http.StatusOK {
			break
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusNotFound {
			return 0, errors.New(resp.Status)
		}
	}
	defer func() { _ = resp.Body.Close() }()
	const greeting = int64(len("retry: 2000\n\n"))
	if _, err := io.CopyN(io.Discard, resp.Body, greeting); err != nil {
		return 0, err
	}
	open.Add(1)
	return io.Copy(io.Discard, resp.Body)
}

// dawdle is a slow-loris client: it writes a header a byte at a time, and begins anew when it is cut off.
func dawdle(ctx context.Context, addr string) {
	for ctx.Err() == nil {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
		if err != nil {
			return
		}
		stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
		ticker := time.NewTicker(100 * time.Millisecond)
		for _, b := range []byte("GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: " + strings.Repeat("x", 1000)) {
			<-ticker.C
			if _, err := conn.Write([]byte{b}); err != nil {
				break
			}
		}
		ticker.Stop()
		stop()
		_ = conn.Close()
	}
}
