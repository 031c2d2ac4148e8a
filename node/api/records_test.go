package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/store/storetest"
	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node/api"
)

// shelf is a keeper of records; it notes the limit that it was asked with.
type shelf struct {
	well
	evidence []consensus.Evidence
	refusals []api.Refusal
	err      error
	limit    int
	query    api.RefusalQuery
}

func (s *shelf) Evidence(_ context.Context, limit int) ([]consensus.Evidence, error) {
	s.limit = limit
	return s.evidence, s.err
}

func (s *shelf) Refusals(_ context.Context, q api.RefusalQuery) ([]api.Refusal, error) {
	s.limit, s.query = q.Limit, q
	return s.refusals, s.err
}

func TestRecords(t *testing.T) {
	t.Parallel()
	s, url := serve(t)
	expect := func(path string, status int, body string) {
		t.Helper()
		got := do(t, http.MethodGet, url+path)
		if got.status != status || !strings.Contains(got.body, body) {
			t.Errorf("%s: %d %s, want %d %s", path, got.status, got.body, status, body)
		}
		kind := "application/json"
		if status != http.StatusOK {
			kind = "application/problem+json"
		}
		if h := got.header.Get("Content-Type"); h != kind {
			t.Errorf("%s: content type %s, want %s", path, h, kind)
		}
	}
	expect("/v1/evidence", http.StatusNotFound, `"detail":"this node keeps no records: it is starting, or a bootstrap node"`)

	own, fetched := parsePrice(t, "2000"), consensus.Time(time.Unix(600, 0))
	kept := &shelf{refusals: []api.Refusal{
		{Pair: "ETH-USD", Price: parsePrice(t, "3000.5"), Reason: consensus.RefusedDeviation, OwnPrice: &own, OwnTime: &fetched},
		{Pair: "ETH-USD", Price: parsePrice(t, "3000.5"), Reason: consensus.RefusedNoPrice},
	}}
	s.Attach(kept)
	expect("/v1/evidence", http.StatusOK, `{"evidence":[]}`)
	if kept.limit != 100 {
		t.Errorf("limit %d by default", kept.limit)
	}
	expect("/v1/refusals?limit=500", http.StatusOK, `"reason":"price deviates","own_price":"2000","own_time":"1970-01-01T00:10:00.000Z"}`)
	if kept.limit != 500 {
		t.Errorf("limit %d", kept.limit)
	}
	var back map[string][]api.Refusal
	body := do(t, http.MethodGet, url+"/v1/refusals").body
	if err := json.Unmarshal([]byte(body), &back); err != nil || len(back["refusals"]) != 2 || *back["refusals"][0].OwnPrice != own ||
		time.Time(*back["refusals"][0].OwnTime) != time.Unix(600, 0).UTC() || back["refusals"][1].OwnPrice != nil {
		t.Errorf("read back: %v, %+v", err, back)
	}
	for _, bad := range []string{"0", "501", "-1", "many", "1e2", "%00", strings.Repeat("9", 1000)} {
		expect("/v1/refusals?limit="+bad, http.StatusBadRequest, "want 1 to 500")
	}
	expect("/v1/refusals?id=0x1a2B&pair=ETH-USD&round=600&limit=7", http.StatusOK, "refusals")
	want := api.RefusalQuery{ID: []byte{0x1a, 0x2b}, Pair: "ETH-USD", Round: 600, Limit: 7}
	if !reflect.DeepEqual(kept.query, want) {
		t.Errorf("asked for %+v, want %+v", kept.query, want)
	}
	for query, detail := range map[string]string{
		"id=0x1": "two a byte", "id=xyz": "up to 64", "id=" + strings.Repeat("00", 33): "up to 64", "pair=eth": "such as ETH-USD",
		"round=-1": "unix second", "round=9223372036854775808": "unix second", "round=now": "unix second",
	} {
		expect("/v1/refusals?"+query, http.StatusBadRequest, detail)
	}
	kept.err = errors.New("disk on fire")
	expect("/v1/evidence", http.StatusInternalServerError, `"detail":"disk on fire"`)
}

// Evidence that was asked for convinces who trusts the roster alone.
func TestEvidence(t *testing.T) {
	t.Parallel()
	s, url := serve(t)
	liars := storetest.NewSigners(t, "test", 1)
	s.Attach(&shelf{evidence: []consensus.Evidence{equivocation(t, liars), equivocation(t, liars)}})
	var answer struct{ Evidence []consensus.Evidence }
	body := do(t, http.MethodGet, url+"/v1/evidence").body
	if err := json.Unmarshal([]byte(body), &answer); err != nil || len(answer.Evidence) != 2 {
		t.Fatalf("%d of 2: %v in %s", len(answer.Evidence), err, body)
	}
	for _, e := range answer.Evidence {
		if err := e.Verify(liars.Member); err != nil {
			t.Error(err)
		}
	}
}

// equivocation is what the first of the signers signed twice for one round: two prices.
func equivocation(t *testing.T, s storetest.Signers) consensus.Evidence {
	t.Helper()
	sign := func(text string) consensus.Report {
		o := consensus.Observation{Pair: "ETH-USD", Price: parsePrice(t, text), Round: 600, ObservedAt: 600_123, Proposer: s.Key(0).Address()}
		report := s.Sign(t, o).Report
		report.Attestations = report.Attestations[:1]
		return report
	}
	return consensus.Evidence{First: sign("2000"), Second: sign("3000.5")}
}

// One request at a time reads the journal; the others are told to come back.
func TestRecordsOneAtATime(t *testing.T) {
	t.Parallel()
	s, url := serve(t)
	slow := &slowShelf{entered: make(chan struct{}), leave: make(chan struct{})}
	s.Attach(struct {
		*slowShelf
		*storyteller
	}{slow, &storyteller{}})
	first := make(chan int)
	go func() { first <- do(t, http.MethodGet, url+"/v1/refusals").status }()
	<-slow.entered
	for _, path := range []string{"/v1/evidence", "/v1/rounds/600", "/v1/rounds?id=0x01"} {
		got := do(t, http.MethodGet, url+path)
		if got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") != "1" {
			t.Errorf("%s beside another one: %d %v", path, got.status, got.header)
		}
	}
	if got := do(t, http.MethodGet, url+"/v1/rounds"); got.status != http.StatusOK {
		t.Errorf("the last rounds, which are in memory: %d", got.status)
	}
	close(slow.leave)
	if status := <-first; status != http.StatusOK {
		t.Errorf("the first one: %d", status)
	}
}

// slowShelf is a shelf that takes its time for refusals.
type slowShelf struct {
	shelf
	entered, leave chan struct{}
}

func (s *slowShelf) Refusals(context.Context, api.RefusalQuery) ([]api.Refusal, error) {
	close(s.entered)
	<-s.leave
	return nil, nil
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	_, url := serve(t)
	if got := do(t, http.MethodGet, url+"/metrics"); got.status != http.StatusOK || got.header.Get("Cache-Control") != "no-store" ||
		!strings.Contains(got.body, `gossip_price_build_info{version="v1.2.3"} 1`) || !strings.Contains(got.body, "go_goroutines") {
		t.Errorf("%d: %v %s", got.status, got.header, got.body)
	}
}

func parsePrice(t *testing.T, text string) price.Price {
	t.Helper()
	p, err := price.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
