package test_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/node"
)

// A source of prices lies to one node in every way: the node proposes nothing that gets a quorum, and the others keep
// their rounds. When the source tells the truth again, so does the node.
func TestHostileSource(t *testing.T) {
	t.Parallel()
	v := newVillage(t, 4)
	truth := v.cfg.PriceURL
	var current atomic.Pointer[http.HandlerFunc]
	liar := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*current.Load())(w, r) }))
	t.Cleanup(liar.Close)
	v.peculiar = func(i int, cfg *config.Config) {
		if i == 3 {
			cfg.PriceURL = liar.URL
		}
	}
	honest := func(w http.ResponseWriter, r *http.Request) { forward(t, w, r, truth) }
	set := func(h http.HandlerFunc) { current.Store(&h) }
	set(honest)
	v.open()
	calm := v.wholeRounds(2, 4)

	began := consensus.RoundAt(time.Now(), v.cfg.FetchPriceInterval)
	lies := sourceLies(truth)
	for _, lie := range lies {
		set(lie)
		next := consensus.RoundAt(time.Now(), v.cfg.FetchPriceInterval).Start().Add(v.cfg.FetchPriceInterval)
		if !global.Wait(t.Context(), time.Until(next)+v.cfg.FetchPriceInterval/10+50*time.Millisecond) { // everybody has asked
			return
		}
	}
	ended := consensus.RoundAt(time.Now(), v.cfg.FetchPriceInterval)
	under := v.wholeRounds(2, 3)
	set(honest)
	v.wholeRounds(1, 4)

	misled := v.nodes[3].Address()
	for _, n := range v.told.find(node.Quorum) {
		if o := n.Observation; o.Proposer == misled && o.Round > began && o.Round <= ended {
			t.Errorf("a price of the misled node has a quorum: %s", o.Price)
		}
	}
	proposed := len(v.told.find(node.Proposed, func(n note) bool {
		return n.by == misled && n.Observation.Round > began && n.Observation.Round <= ended
	}))
	v.attacked(calm, under, fmt.Sprintf("%d lies, %d of them proposed, none signed", len(lies), proposed))
}

// forward answers as another source would.
func forward(t *testing.T, w http.ResponseWriter, r *http.Request, truth string) {
	t.Helper()
	req, err := http.NewRequestWithContext(r.Context(), http.MethodGet, truth+r.URL.RequestURI(), http.NoBody)
	if err != nil {
		t.Error(err)
		return
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return // the asker is gone
	}
	defer func() { _ = resp.Body.Close() }()
	w.WriteHeader(resp.StatusCode)
	_, _ = io.Copy(w, resp.Body)
}

// sourceLies are the answers of a hostile source.
func sourceLies(truth string) []http.HandlerFunc {
	body := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) }
	}
	rate := func(json string) http.HandlerFunc {
		return body(`{"data":{"currency":"ETH","rates":{"USD":` + json + `}}}`)
	}
	return []http.HandlerFunc{
		rate(`"1.00"`), rate(`"99999999"`), rate(`"0"`), rate(`"-3000"`), rate(`"NaN"`), rate(`"1e40"`), rate(`3000.00`), rate(`null`),
		rate(`"` + strings.Repeat("9", 10_000) + `"`), body("<html>down for maintenance</html>"), body(""), body("null"),
		body(`{"data":{"currency":"USD","rates":{"USD":"3000"}}}`), body(`{"data":{"currency":"ETH","rates":{}}}`),
		body(strings.Repeat(" ", 10<<20)), body(strings.Repeat("[", 1<<20)),
		func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, truth+r.URL.RequestURI(), http.StatusFound)
		},
		func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		func(w http.ResponseWriter, r *http.Request) { // a byte now and then
			for global.Wait(r.Context(), drip) {
				if _, err := io.WriteString(w, " "); err != nil || http.NewResponseController(w).Flush() != nil {
					return
				}
			}
		},
	}
}
