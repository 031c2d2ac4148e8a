package api_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store/storetest"
	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node/api"
)

// till is a node that has prices: some rows, and a feed. It notes what it was asked.
type till struct {
	well
	rows []consensus.Row
	feed *api.Feed
	err  error

	mu   sync.Mutex // guards asked
	last api.PriceQuery
}

func newTill(t testing.TB) *till {
	t.Helper()
	rows := storetest.NewSigners(t, "test", 3).Rows(t, 40)
	for i := range rows[1:] {
		rows[i+1].CreatedTime = rows[i+1].LastSignedTime.Add(time.Minute)
	}
	return &till{rows: rows, feed: api.NewFeed(time.Now())}
}

func (s *till) Latest(pair price.Pair, verify bool) (api.Latest, error) {
	s.note(api.PriceQuery{Pair: pair, Verify: verify})
	row := s.rows[0]
	return api.Latest{Pair: row.Pair, Price: row.Price, Lowest: row.Price, Highest: row.Price, Proof: row, Verified: s.checked(verify)}, s.err
}

func (s *till) StoredPrices(_ context.Context, q api.PriceQuery) (api.PriceList, error) {
	s.note(q)
	list := api.PriceList{Prices: []api.Price{}}
	for _, row := range s.rows[1:min(len(s.rows), q.Limit+1)] {
		list.Prices = append(list.Prices, api.NewPrice(row))
	}
	list.Next = &api.Cursor{Round: s.rows[1].RoundTime, ID: s.rows[1].ID}
	return list, s.err
}

func (s *till) Price(_ context.Context, id signing.Digest, verify bool) (api.Price, error) {
	for _, row := range s.rows {
		if row.ID == id {
			p := api.NewPrice(row)
			p.Verified = s.checked(verify)
			return p, s.err
		}
	}
	return api.Price{}, fmt.Errorf("%w: %s", api.ErrNotFound, id)
}

func (s *till) Feed() *api.Feed { return s.feed }

func (s *till) checked(verify bool) *api.Verified {
	if !verify {
		return nil
	}
	return &api.Verified{OK: true, Quorum: 3}
}

func (s *till) note(q api.PriceQuery) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = q
}

func (s *till) asked() api.PriceQuery {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// What stands in a query is what the node is asked for.
func TestPriceQuery(t *testing.T) {
	t.Parallel()
	s, url := serve(t)
	node := newTill(t)
	s.Attach(node)
	cursor, err := api.Cursor{Round: time.Unix(600, 0), ID: node.rows[0].ID}.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]api.PriceQuery{
		"":                                     {Limit: 100},
		"?pair=&limit=":                        {Limit: 100},
		"?pair=ETH-USD&limit=7&verify=1":       {Pair: "ETH-USD", Limit: 7, Verify: true},
		"?since=600&until=1200&verify=0":       {Limit: 100, Since: time.Unix(600, 0).UTC(), Until: time.Unix(1200, 0).UTC()},
		"?since=1970-01-01T00:10:00Z":          {Limit: 100, Since: time.Unix(600, 0).UTC()},
		"?since=1970-01-01T01:10:00.5%2B01:00": {Limit: 100, Since: time.Unix(600, 5e8).UTC()},
		"?cursor=" + string(cursor):            {Limit: 100, Below: api.Cursor{Round: time.Unix(600, 0).UTC(), ID: node.rows[0].ID}},
	} {
		if got := do(t, http.MethodGet, url+"/v1/prices"+query); got.status != http.StatusOK || !reflect.DeepEqual(node.asked(), want) {
			t.Errorf("%s: %d, asked for %+v, want %+v", query, got.status, node.asked(), want)
		}
	}
	for query, detail := range map[string]string{
		"prices?since=yesterday":                              "a time such as",
		"prices?since=-1":                                     "a time such as",
		"prices?since=1e3":                                    "a time such as",
		"prices?until=253402300800":                           "a time such as",
		"prices?until=1969-12-31T23:59:59Z":                   "a time such as",
		"prices?since=99999999999999999999":                   "a time such as",
		"prices?cursor=600":                                   "what an answer has as next",
		"prices?cursor=600-0xab":                              "what an answer has as next",
		"prices?cursor=-" + node.rows[0].ID.String():          "what an answer has as next",
		"prices?verify=yes":                                   "1 to have the node check",
		"prices?limit=0":                                      "1 to 500",
		"prices?pair=eth":                                     "such as ETH-USD",
		"prices/latest?pair=ETH":                              "such as ETH-USD",
		"prices/latest?limit=1":                               "only: pair, verify",
		"prices/0x12":                                         "64 lower-case hex digits",
		"prices/" + strings.ToUpper(node.rows[0].ID.String()): "64 lower-case hex digits",
		"stream?pair=x":                                       "such as ETH-USD",
	} {
		if got := do(t, http.MethodGet, url+"/v1/"+query); got.status != http.StatusBadRequest || !strings.Contains(got.body, detail) {
			t.Errorf("%s: %d %s, want %s", query, got.status, got.body, detail)
		}
	}
}

// A stored row is kept by caches for ever, and asked for again it is not sent again. All else is asked for each time.
func TestPriceCaching(t *testing.T) {
	t.Parallel()
	s, url := serve(t)
	node := newTill(t)
	s.Attach(node)
	waiting, stored := url+"/v1/prices/"+node.rows[0].ID.String(), url+"/v1/prices/"+node.rows[1].ID.String()
	got := do(t, http.MethodGet, stored)
	tag := got.header.Get("Etag")
	var row consensus.Row
	if err := json.Unmarshal([]byte(got.body), &row); err != nil || !reflect.DeepEqual(row, node.rows[1]) || tag == "" ||
		!strings.Contains(got.body, `"stored":true`) || !strings.Contains(got.header.Get("Cache-Control"), "immutable") {
		t.Errorf("%v, %v: %s", err, got.header, got.body)
	}
	for has, status := range map[string]int{
		tag: http.StatusNotModified, `"x", ` + tag: http.StatusNotModified, strings.TrimPrefix(tag, "W/"): http.StatusNotModified, "*": http.StatusNotModified,
		`"x"`: http.StatusOK, "": http.StatusOK,
	} {
		again := do(t, http.MethodGet, stored, "If-None-Match", has)
		if again.status != status || (again.body == "") != (status == http.StatusNotModified) || again.header.Get("Etag") != tag {
			t.Errorf("with %s: %d %s", has, again.status, again.body)
		}
	}
	for _, other := range []string{waiting, stored + "?verify=1", url + "/v1/prices", url + "/v1/prices/latest"} {
		got := do(t, http.MethodGet, other, "If-None-Match", "*")
		if got.status != http.StatusOK || got.header.Get("Cache-Control") != "no-store" || got.header.Get("Etag") != "" {
			t.Errorf("%s: %d %v", other, got.status, got.header)
		}
	}
	if got := do(t, http.MethodGet, waiting).body; !strings.Contains(got, `"created_time":null,"stored":false`) {
		t.Errorf("not stored: %s", got)
	}
	for _, asked := range []string{waiting, url + "/v1/prices/latest"} {
		if got := do(t, http.MethodGet, asked+"?verify=1").body; !strings.Contains(got, `"verified":{"ok":true,"quorum":3}`) {
			t.Errorf("%s: %s", asked, got)
		}
	}
	if got := do(t, http.MethodGet, url+"/v1/prices/"+signing.Digest{}.String()); got.status != http.StatusNotFound {
		t.Errorf("no such price: %d %s", got.status, got.body)
	}
	node.err = errors.New("the database is on fire")
	if got := do(t, http.MethodGet, stored); got.status != http.StatusInternalServerError || got.header.Get("Etag") != "" {
		t.Errorf("%d %v", got.status, got.header)
	}
	node.err = context.DeadlineExceeded
	if got := do(t, http.MethodGet, stored); got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") == "" {
		t.Errorf("%d %v", got.status, got.header)
	}
}

// Long answers are compressed for those who take that.
func TestCompressed(t *testing.T) {
	t.Parallel()
	s, url := serve(t)
	s.Attach(newTill(t))
	plain := do(t, http.MethodGet, url+"/v1/prices")
	got := do(t, http.MethodGet, url+"/v1/prices", "Accept-Encoding", "gzip")
	if got.header.Get("Content-Encoding") != "gzip" || len(got.body) >= len(plain.body)*2/3 {
		t.Fatalf("%d bytes of %d, %v", len(got.body), len(plain.body), got.header)
	}
	r, err := gzip.NewReader(strings.NewReader(got.body))
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(r); err != nil || strings.TrimSpace(string(b)) != plain.body {
		t.Errorf("%v: %s", err, b)
	}
	if got := do(t, http.MethodGet, url+"/healthz", "Accept-Encoding", "gzip"); got.header.Get("Content-Encoding") != "" {
		t.Errorf("a short one: %v", got.header)
	}
}

// Scripts of other pages read the answers if they may.
func TestOrigins(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ allowed, origin, want string }{
		{"", "https://a.example", ""},
		{"https://a.example,https://b.example", "https://b.example", "https://b.example"},
		{"https://a.example", "https://b.example", ""},
		{"https://a.example", "", ""},
		{"*", "https://b.example", "*"},
	} {
		o := options("127.0.0.1:0")
		if test.allowed != "" {
			o.Origins = strings.Split(test.allowed, ",")
		}
		_, url := serveWith(t, o)
		for _, path := range []string{"/healthz", "/nothing"} {
			got := do(t, http.MethodGet, url+path, "Origin", test.origin)
			if got.header.Get("Access-Control-Allow-Origin") != test.want {
				t.Errorf("%+v, %s: %v", test, path, got.header)
			}
			if named := strings.HasPrefix(test.allowed, "http"); named != (got.header.Get("Vary") == "Origin") {
				t.Errorf("%+v, %s: %v", test, path, got.header)
			}
		}
		got := do(t, http.MethodOptions, url+"/healthz", "Origin", test.origin, "Access-Control-Request-Method", "GET")
		if allowed := got.status == http.StatusNoContent; allowed != (test.want != "") {
			t.Errorf("%+v: asked before, %d", test, got.status)
		}
	}
}
