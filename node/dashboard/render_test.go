package dashboard_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/node/api"
	"github.com/gossip-price/gossip-price/node/dashboard"
)

// get asks a board.
func get(b *dashboard.Board, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	b.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, http.NoBody))
	return w
}

// shown returns the page of a node.
func shown(t *testing.T, f *fake) string {
	t.Helper()
	w := get(dashboard.New(f), "/")
	if w.Code != http.StatusOK {
		t.Fatalf("%d: %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func expect(t *testing.T, page string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(page, part) {
			t.Errorf("the page does not say %q", part)
		}
	}
}

func TestHealthy(t *testing.T) {
	t.Parallel()
	page := shown(t, healthy(t, 4))
	expect(t, page, "All is well", "9 checks well", "<title>ETH-USD 3,271.36 · devnet · gossip-price</title>", "24 s ago", "0.0212 %",
		"3,271.00 to 3,271.70", "4 with quorum within", "6 of 6 possible connections")
	for _, part := range []string{"What to do", "stale", "one-sided", "did not co-sign", `class="bad"`} {
		if strings.Contains(page, part) {
			t.Errorf("of a healthy network the page says %q", part)
		}
	}
}

func TestSick(t *testing.T) {
	t.Parallel()
	page := shown(t, sick(t))
	expect(t, page, "<title>(!) ETH-USD", "Prices don&#39;t reach quorum, or don&#39;t get stored", "9 of the last 30 prices reached no quorum",
		"<strong>What to do:</strong> See that the database", "node 1 receives 38 % of node 3&#39;s prices", "stale</span>",
		"silent for 7 min", "one-sided", `<span class="bad">168, 6 min</span>`, "price deviates (3,411.20)", "signed two prices", "settle period 20s, here 30s",
		`<td class="l1 poor" title="22 prices in 60 rounds">37</td>`)
	since := `<span class="quiet">for 7 min, since <time datetime="2026-01-02T11:53:04Z">11:53:04</time></span>`
	expect(t, page, `<span class="tag">failing</span> `+since, "38 % of node 3&#39;s prices "+since)
	quorum, clock := strings.Index(page, "<h3>quorum"), strings.Index(page, "<h3>clock")
	if quorum < 0 || clock < quorum || strings.Index(page, "<h3>backlog") > clock {
		t.Error("what fails does not come before what warns")
	}
}

// What a node knows from before its start has no instants: it is verified and stored all the same, and in the chart.
func TestRestored(t *testing.T) {
	t.Parallel()
	f := healthy(t, 4)
	for k := range f.stories {
		for i := range f.stories[k].Proposals {
			p := &f.stories[k].Proposals[i]
			p.Seen, p.Quorum, p.Stored = nil, nil, nil
		}
	}
	page := shown(t, f)
	expect(t, page, `<span class="good">4 with quorum</span>`, "<span>4 stored</span>", `<span class="good">yes</span>`, "<td>yes by ", "ETH-USD over 58 rounds")
	if strings.Contains(page, "0001") {
		t.Error("the page shows an instant that nobody knows")
	}
}

// What other nodes say is text, wherever it stands, and bounded.
func TestHostile(t *testing.T) {
	t.Parallel()
	page := shown(t, hostile(t))
	for _, bad := range []string{"<img", `<script src="https`, `' onload='`, "\xff"} {
		if strings.Contains(page, bad) {
			t.Errorf("%q is in the page", bad)
		}
	}
	if n := strings.Count(page, "<script"); n != 1 {
		t.Errorf("%d scripts", n)
	}
	if n := strings.Count(page, `evil.example`); n == 0 {
		t.Error("what they said is not shown")
	}
	if len(page) > 200<<10 {
		t.Errorf("%d bytes", len(page))
	}
	expect(t, page, "and 180 more", strings.Repeat("W", 400)+" ..")
}

func TestBounds(t *testing.T) {
	t.Parallel()
	f := healthy(t, 300)
	clear(f.network.Members[250].Received[0].Prices)
	f.network.Members[280].Silent = true
	page := shown(t, f)
	expect(t, page, "The 64 of 300 nodes between which most is missing", "128 of 300, those first with which something is wrong",
		"A network of this size is not drawn", `title="0 prices in 60 rounds"`)
	for part, want := range map[string]int{`<tr><th scope="row"><abbr`: 64, `<div class="wide"`: 11} {
		if n := strings.Count(page, part); n != want {
			t.Errorf("%d of %s, want %d", n, part, want)
		}
	}
	_, table, _ := strings.Cut(page, `<table class="members">`)
	if n := strings.Count(table, "<tr"); n != 129 {
		t.Errorf("%d rows of nodes", n)
	}
	if troubled := strings.Index(table, `class="troubled"`); troubled < 0 || strings.Count(table[:troubled], "<tr") > 3 {
		t.Error("the silent node is not among the first")
	}
	if len(page) > 600<<10 {
		t.Errorf("%d bytes", len(page))
	}
}

// Without a price, a round, or anything at all the page says so.
func TestMissing(t *testing.T) {
	t.Parallel()
	page := shown(t, &fake{pairs: healthy(t, 3).pairs})
	expect(t, page, "This node has not looked at itself yet", "No round is complete yet.", "This node has seen no round yet.",
		"No node has told yet what it received.", "0 of 0")
	f := healthy(t, 4)
	f.stories, f.err = nil, errors.New("journal: disk on fire")
	expect(t, shown(t, f), "Not to be read: journal: disk on fire", "3,271.36")
}

// An address that is no member's is shown short; one whose checksum is wrong stays as it is.
func TestStrangers(t *testing.T) {
	t.Parallel()
	f := healthy(t, 4)
	stranger := signing.Address{0xab, 19: 0xcd}
	f.stories[0].Proposals[0].Refusals = []api.Refused{{Address: stranger, Reason: consensus.RefusedNoPrice}}
	wrong := "0xAbCdEf0000000000000000000000000000000001"
	f.network.Findings = []api.Finding{{Text: stranger.String() + " and " + wrong, Since: f.network.Time}}
	brief := stranger.String()[:6] + ".." + stranger.String()[38:]
	expect(t, shown(t, f), `title="`+stranger.String()+`">`+brief+`</abbr>`, brief+" and "+wrong, "This node is well; 1 finding on the network")
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	b := dashboard.New(healthy(t, 4))
	w := get(b, "/")
	policy := w.Header().Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "default-src 'none';") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") {
		t.Errorf("policy %q", policy)
	}
	if w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("headers %v", w.Header())
	}
	if inline := regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|<script>|javascript:`).FindString(w.Body.String()); inline != "" {
		t.Errorf("the page has %q, which its policy forbids", inline)
	}
	assets := regexp.MustCompile(`(?:href|src)="(/assets/[^"]+)"`).FindAllStringSubmatch(w.Body.String(), -1)
	if len(assets) != 3 {
		t.Fatalf("assets %v", assets)
	}
	for _, path := range assets {
		got := get(b, path[1])
		if got.Code != http.StatusOK || got.Body.Len() == 0 || !strings.Contains(got.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %v", path[1], got.Code, got.Header())
		}
	}
	if got := get(b, "/assets/live.js"); got.Code != http.StatusNotFound || got.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("an asset that is not there: %d %v", got.Code, got.Header())
	}
}

func TestPlain(t *testing.T) {
	t.Parallel()
	page := get(dashboard.NewPlain("Bootstrap node", "v1 <b>", &fake{}, func() []string { return []string{"Nodes meet here.", "<i>"} }), "/").Body.String()
	expect(t, page, "<h2 id=\"what\">Bootstrap node</h2>", "v1 &lt;b&gt;", "<p>Nodes meet here.</p>", "<p>&lt;i&gt;</p>", "has not looked at itself")
	if strings.Contains(page, "/v1/network") {
		t.Error("it links to what a bootstrap node does not have")
	}
}

// A page of a network of a thousand: it is kept for longer than it takes.
func BenchmarkThousand(b *testing.B) {
	f := healthy(b, 1000)
	b.ReportAllocs()
	for b.Loop() {
		_ = get(dashboard.New(f), "/")
	}
}
