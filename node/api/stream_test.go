package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node/api"
)

// listener reads a stream.
type listener struct {
	t     *testing.T
	lines *bufio.Reader
	close func()
}

// follow opens a stream.
func follow(t *testing.T, dial func(*http.Request) (*http.Response, error), url string, headers ...string) *listener {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := dial(req) //nolint:bodyclose // close does
	if err != nil {
		t.Fatal(err)
	}
	if kind := resp.Header.Get("Content-Type"); resp.StatusCode != http.StatusOK || kind != "text/event-stream" {
		t.Fatalf("%s of %s", resp.Status, kind)
	}
	l := &listener{t, bufio.NewReader(resp.Body), func() { cancel(); _ = resp.Body.Close() }}
	if got := l.next(); got != "retry: 2000" {
		t.Errorf("begins with %q", got)
	}
	return l
}

// next returns the next message, its lines joined by |; "end" when there is none.
func (l *listener) next() string {
	var lines []string
	for {
		line, err := l.lines.ReadString('\n')
		if err != nil {
			return "end"
		}
		if line = strings.TrimSuffix(line, "\n"); line == "" {
			return strings.Join(lines, "|")
		}
		lines = append(lines, line)
	}
}

// expect reads the next message, of any kind if none is given, and returns its id.
func (l *listener) expect(kind api.EventKind, parts ...string) (id string) {
	l.t.Helper()
	got := l.next()
	id, rest, _ := strings.Cut(strings.TrimPrefix(got, "id: "), "|event: ")
	if kind != "" && !strings.HasPrefix(rest, string(kind)+"|data: {") {
		l.t.Errorf("%.200s, want a %s", got, kind)
	}
	for _, part := range parts {
		if !strings.Contains(rest, part) {
			l.t.Errorf("%.200s, want %s", got, part)
		}
	}
	return id
}

func roundTrip(t *testing.T) func(*http.Request) (*http.Response, error) {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return transport.RoundTrip
}

func TestStream(t *testing.T) {
	t.Parallel()
	s, url := serve(t)
	node := newTill(t)
	s.Attach(node)
	dial := roundTrip(t)                               //nolint:bodyclose // no request yet
	node.feed.Tell(api.CertificateEvent, node.rows[0]) // before anybody listens
	all := follow(t, dial, url+"/v1/stream")
	defer all.close()
	pair := string(node.rows[1].Pair)
	some := follow(t, dial, url+"/v1/stream?pair="+pair)
	defer some.close()
	var first string
	for i, row := range node.rows[1:] {
		kind := api.CertificateEvent
		if i%2 == 1 {
			kind = api.StoredEvent
		}
		node.feed.Tell(kind, row)
		id := all.expect(kind, `"id":"`+row.ID.String(), `"sign_data":[{"signer"`)
		if i == 0 {
			first = id
		}
		if row.Pair == node.rows[1].Pair {
			some.expect(kind, `"pair":"`+pair, row.ID.String())
		}
	}
	again := follow(t, dial, url+"/v1/stream", "Last-Event-ID", first)
	defer again.close()
	for _, row := range node.rows[2:] {
		again.expect("", row.ID.String())
	}
	for _, unknown := range []string{"1-1", "x", first + "999", "-", strings.Repeat("9", 100)} {
		lost := follow(t, dial, url+"/v1/stream", "Last-Event-ID", unknown)
		lost.expect(api.MissedEvent, `{"ask":"/v1/prices"}`)
		lost.close()
	}
}

// Who comes back gets what it has missed, as far as it is remembered, and is told if it is not.
func TestStreamResume(t *testing.T) {
	t.Parallel()
	s, url := serve(t)
	node := newTill(t)
	s.Attach(node)
	dial := roundTrip(t) //nolint:bodyclose // no request yet
	begin := follow(t, dial, url+"/v1/stream")
	defer begin.close()
	node.feed.Tell(api.CertificateEvent, node.rows[0])
	first := begin.expect(api.CertificateEvent)
	for range api.MaxEvents + 1 { // the second event goes
		node.feed.Tell(api.StoredEvent, node.rows[1])
	}
	node.feed.Tell(api.StoredEvent, node.rows[2])
	again := follow(t, dial, url+"/v1/stream", "Last-Event-ID", first)
	defer again.close()
	missed := again.expect(api.MissedEvent)
	for range api.MaxEvents - 1 {
		again.expect(api.StoredEvent, node.rows[1].ID.String())
	}
	last := again.expect(api.StoredEvent, node.rows[2].ID.String())
	if missed == first || last == missed {
		t.Errorf("ids %s, %s, %s", first, missed, last)
	}
	end := follow(t, dial, url+"/v1/stream", "Last-Event-ID", last) // nothing is missing
	defer end.close()
	node.feed.Tell(api.StoredEvent, node.rows[3])
	end.expect(api.StoredEvent, node.rows[3].ID.String())
}

// In virtual time: an idle stream gets comments and stays open, and ends with the server.
func TestStreamIdle(t *testing.T) {
	t.Parallel()
	node := newTill(t)
	var l *listener
	took := virtualNode(t, node, func(t *testing.T, p *pipes) {
		l = follow(t, p.roundTrip, "http://x/v1/stream")
		began := time.Now()
		for i := range 20 {
			if got := l.next(); got != ":" || time.Since(began) != time.Duration(i+1)*api.Heartbeat {
				t.Errorf("%q after %s", got, time.Since(began))
			}
		}
		go func() {
			if got := l.next(); got != "end" {
				t.Errorf("%q, want the end", got)
			}
			l.close()
		}()
	})
	if took > 100*time.Millisecond {
		t.Errorf("the server took %s to stop", took)
	}
}

// A reader that does not read is dropped, and counted; what others get is not late for that.
func TestStreamSlow(t *testing.T) {
	t.Parallel()
	node := newTill(t)
	virtualNode(t, node, func(t *testing.T, p *pipes) {
		slow := follow(t, p.roundTrip, "http://x/v1/stream")
		defer slow.close()
		quick := follow(t, p.roundTrip, "http://x/v1/stream")
		defer quick.close()
		began := time.Now()
		for range 10 {
			node.feed.Tell(api.CertificateEvent, node.rows[0])
			quick.expect(api.CertificateEvent)
		}
		if took := time.Since(began); took > 0 {
			t.Errorf("the quick one waited %s", took)
		}
		<-time.After(api.EventTimeout + time.Second)
		synctest.Wait()
		for range 3 { // one that it had begun to read, perhaps
			if slow.next() == "end" {
				break
			}
		}
		if got := slow.next(); got != "end" {
			t.Errorf("the slow one goes on with %q", got)
		}
		resp, err := p.roundTrip(request(t, "http://x/metrics"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		b, err := io.ReadAll(resp.Body)
		if want := "gossip_price_api_streams_dropped_total 1"; err != nil || !strings.Contains(string(b), want) || !strings.Contains(string(b), "gossip_price_api_streams 1") {
			t.Errorf("%v, not %s", err, want)
		}
	})
}

// The number of streams is bounded, and so is what a feed remembers.
func TestStreamBounds(t *testing.T) {
	t.Parallel()
	node := newTill(t)
	virtualNode(t, node, func(t *testing.T, p *pipes) {
		open := make([]*listener, api.MaxStreams)
		for i := range open {
			open[i] = follow(t, p.roundTrip, "http://x/v1/stream")
		}
		defer func() {
			for _, l := range open {
				l.close()
			}
		}()
		resp, err := p.roundTrip(request(t, "http://x/v1/stream"))
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
			t.Errorf("one more: %s", resp.Status)
		}
	})
	row := node.rows[0]
	row.SignData = nil
	row.Network = strings.Repeat("x", api.MaxEventBytes/10)
	for range 30 {
		node.feed.Tell(api.StoredEvent, row)
	}
	if events, bytes := node.feed.Held(); events > 10 || bytes > api.MaxEventBytes {
		t.Errorf("%d events of %d bytes are remembered", events, bytes)
	}
}

// Who comes back after a long time is given what it has missed piece by piece: not each of many readers holds all of it.
func TestStreamPieces(t *testing.T) {
	t.Parallel()
	node := newTill(t)
	first := node.rows[0]
	first.SignData = nil
	large := first
	large.Network = strings.Repeat("x", 2*api.MaxTaken)
	node.feed.Tell(api.StoredEvent, first)
	for range api.MaxEvents / 2 {
		node.feed.Tell(api.StoredEvent, first)
	}
	node.feed.Tell(api.StoredEvent, large)
	node.feed.Tell(api.StoredEvent, first)
	pieces, all := node.feed.Pieces(node.feed.First()), 0
	for i, size := range pieces {
		all += size
		if alone := size >= len(large.Network); size > api.MaxTaken && !alone || alone && size > len(large.Network)+api.MaxTaken {
			t.Errorf("piece %d has %d bytes", i, size)
		}
	}
	_, held := node.feed.Held()
	if one := pieces[len(pieces)-1]; all != held-one || len(pieces) < 4 {
		t.Errorf("%d pieces of %d bytes, of %d that are remembered", len(pieces), all, held)
	}
}

// Where nobody listens, an event costs no JSON.
func TestStreamUnheard(t *testing.T) { //nolint:paralleltest // counts the allocations of all
	node := newTill(t)
	const most = 8 // the event, and what grows the list
	if n := testing.AllocsPerRun(100, func() { node.feed.Tell(api.CertificateEvent, node.rows[0]) }); n > most {
		t.Errorf("%.0f allocations an event, want at most %d", n, most)
	}
}

// By its weight a row is never counted for less than its JSON, and for little more.
func TestStreamWeight(t *testing.T) {
	t.Parallel()
	highest, err := price.Parse("99999999999999999999.999999999999999999")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range newTill(t).rows {
		row.Price, row.CreatedTime = highest, row.RoundTime
		for range 2 {
			b, err := json.Marshal(row)
			if spare := api.Weigh(row) - len(b); err != nil || spare < 0 || spare > 100 {
				t.Errorf("%d bytes of JSON are counted as %d: %v", len(b), api.Weigh(row), err)
			}
			row.SignData = nil
		}
	}
}

func request(t *testing.T, url string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// roundTrip sends a request over a connection of its own.
func (p *pipes) roundTrip(req *http.Request) (*http.Response, error) {
	conn := p.dial()
	context.AfterFunc(req.Context(), func() { _ = conn.Close() })
	if err := req.Write(conn); err != nil {
		return nil, fmt.Errorf("write request: %w", err)
	}
	return http.ReadResponse(bufio.NewReader(conn), req)
}
