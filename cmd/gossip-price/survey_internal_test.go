package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/global/price"
)

// standIn answers like a node, by path and query; what has no answer is a problem of status 404.
func standIn(t *testing.T, answers map[string]string) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, known := answers[r.URL.RequestURI()]
		status, text, found := strings.Cut(body, "!")
		switch {
		case !known:
			w.Header().Set("Content-Type", "application/problem+json")
			http.Error(w, `{"title":"Not Found","status":404,"detail":"nothing here"}`, http.StatusNotFound)
		case found:
			code := http.StatusInternalServerError
			_, _ = fmt.Sscan(status, &code)
			http.Error(w, text, code)
		default:
			_, _ = w.Write([]byte(body))
		}
	}))
	t.Cleanup(server.Close)
	return server
}

const (
	testID     = "0x1a2b3c4d00000000000000000000000000000000000000000000000000000000"
	testLatest = `{"pair":"ETH-USD","price":"3270.5","round_time":"2026-01-01T11:59:00.000Z","age":5,"count":1,"lowest":"3270.5","highest":"3270.5",
		"signers":3,"proof":{"id":"` + testID + `","network":"n","pair":"ETH-USD","price":"3270.5","first_signer":"` + alice + `","sign_data":[],
		"round_time":"2026-01-01T11:59:00.000Z","observed_time":"2026-01-01T11:59:00.000Z","lastsigned_time":"2026-01-01T11:59:00.000Z",
		"created_time":"2026-01-01T11:59:00.000Z"}}`
	testStory = `{"rounds":[{"round":1767268800,"round_time":"2026-01-01T12:00:00.000Z"},{"round":1767268740,"complete":true,"round_time":"2026-01-01T11:59:00.000Z","proposals":[{"id":"` + testID + `","pair":"ETH-USD",
		"price":"1","first_signer":"` + alice + `","observed_time":"2026-01-01T11:59:00.000Z"}]}]}`
	testNetwork = `{"time":"2026-01-01T12:00:00.000Z","network":"n","self":"` + alice + `","members":[{"address":"` + alice + `",
		"last_heard":"2026-01-01T12:00:00.000Z","last_row":"2026-01-01T11:58:00.000Z",
		"received":[{"until":"2026-01-01T11:59:00.000Z","rounds":3,"first":0,"prices":[0]}]}]}`
)

// What a node answers is put together, and what it does not is missing with the reason.
func TestSurvey(t *testing.T) {
	t.Parallel()
	whole := map[string]string{
		"/healthz": `{"status":"ok","version":"v1"}`, "/readyz": `{"ready":true,"problems":[]}`, "/v1/network": testNetwork,
		"/v1/checks": `{"checks":[{"name":"peers","state":"ok","detail":"3","since":null}]}`, "/v1/rounds?limit=3": testStory,
		"/v1/prices/latest?pair=ETH-USD": testLatest,
	}
	for name, test := range map[string]struct {
		change map[string]string
		want   string // a part of the JSON
		err    string
	}{
		"whole":     {nil, `"ready":true,"problems":[],"checks":[{"name":"peers"`, ""},
		"no part":   {nil, `"missing":{}}`, ""},
		"price":     {nil, `"latest":[{"pair":"ETH-USD","price":"3270.5"`, ""},
		"round":     {nil, `"round":{"round":1767268740`, ""},
		"not ready": {map[string]string{"/readyz": `503!{"ready":false,"problems":[{"name":"peers","detail":"1"}]}`}, `"problems":[{"name":"peers"`, ""},
		"bootstrap": {map[string]string{"/v1/network": ""}, `"missing":{"network":"nothing here"}}`, ""},
		"busy":      {map[string]string{"/v1/network": `503!{"detail":"one at a time"}`}, `"missing":{"network":"one at a time"}}`, ""},
		"older":     {map[string]string{"/v1/checks": "", "/v1/rounds?limit=3": ""}, `{"checks":"nothing here","latest XXX-USD":"nothing here","round":"nothing here"}`, ""},
		"no price":  {map[string]string{"/v1/prices/latest?pair=ETH-USD": `500!oops`}, `"missing":{"latest ETH-USD":"500 Internal Server Error"}}`, ""},
		"no JSON":   {map[string]string{"/v1/checks": "<html>"}, `"missing":{"checks":"the answer can't be read: `, ""},
		"no node":   {map[string]string{"/healthz": "<html>"}, `"error":"what answers is no node: `, "what answers is no node"},
		"other":     {map[string]string{"/healthz": ""}, `"error":"what answers is no node: nothing here"`, "what answers is no node"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answers := make(map[string]string)
			for path, body := range whole {
				answers[path] = body
			}
			for path, body := range test.change {
				if answers[path] = body; body == "" {
					delete(answers, path)
				}
			}
			q := inquiry{base: standIn(t, answers).URL, pairs: []price.Pair{"XXX-USD"}} // of a node elsewhere: asked for only where no round tells better
			s, err := q.survey(t.Context())
			if (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
				t.Errorf("error: %v, want %q", err, test.err)
			}
			text, err := json.Marshal(s)
			if err != nil || !strings.Contains(string(text), test.want) {
				t.Errorf("%s is not in %s (%v)", test.want, text, err)
			}
		})
	}
}

// The pairs of the settings are asked for where they are the node's own, or nothing better is known.
func TestSurveyPairs(t *testing.T) {
	t.Parallel()
	answers := map[string]string{
		"/healthz": "{}", "/readyz": "{}", "/v1/network": testNetwork, "/v1/rounds?limit=3": testStory,
		"/v1/prices/latest?pair=ETH-USD": testLatest, "/v1/prices/latest?pair=BTC-USD": testLatest,
	}
	url := standIn(t, answers).URL
	for _, test := range []struct {
		q    inquiry
		want int
	}{
		{inquiry{base: url, pairs: []price.Pair{"BTC-USD"}, own: true}, 2},
		{inquiry{base: url, pairs: []price.Pair{"BTC-USD"}}, 1},
		{inquiry{base: url, pairs: []price.Pair{"ETH-USD"}, own: true}, 1},
	} {
		if s, err := test.q.survey(t.Context()); err != nil || len(s.Latest) != test.want {
			t.Errorf("%v: %d prices, want %d (%v)", test.q.pairs, len(s.Latest), test.want, err)
		}
	}
}

// A stream of events tells of news, however many there are, and a stream that ends is asked for again.
func TestListen(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = w.Write([]byte(": heartbeat\n\nevent: row\ndata: {}\n\ndata: {}\n\n"))
		if flusher, ok := w.(http.Flusher); ok {
			flusher.Flush()
		}
		<-r.Context().Done()
	}))
	t.Cleanup(server.Close)
	news := make(chan struct{}, 1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		inquiry{base: server.URL}.listen(t.Context(), news)
	}()
	select {
	case <-news:
	case <-time.After(20 * time.Second):
		t.Error("no news")
	}
	server.CloseClientConnections()
	deadline := time.After(4 * listenRetry)
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for asked.Load() < 2 {
		select {
		case <-ticker.C:
		case <-deadline:
			t.Fatal("a stream that ended is not asked for again")
		}
	}
}
