package api_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store/storetest"
	"github.com/gossip-price/gossip-price/node/api"
)

// described is what the tests read of /v1/openapi.json.
type described struct {
	OpenAPI string `json:"openapi"`
	Paths   map[string]map[string]struct {
		ID         string `json:"operationId"`
		Summary    string `json:"summary"`
		Parameters []struct {
			Name, In, Description string
			Schema                *jsonschema.Schema
		} `json:"parameters"`
		Responses map[string]struct {
			Content map[string]struct{ Schema *jsonschema.Schema }
		} `json:"responses"`
	} `json:"paths"`
}

func describe(t *testing.T, url string) described {
	t.Helper()
	var d described
	got := do(t, http.MethodGet, url+"/v1/openapi.json")
	if err := json.Unmarshal([]byte(got.body), &d); err != nil || got.status != http.StatusOK {
		t.Fatalf("%d %v: %s", got.status, err, got.body)
	}
	return d
}

// everything is a node that can answer every route.
type everything struct {
	shelf
	stargazer
	storyteller
	*till
	checks []api.Check
}

func (*everything) Ready() []api.Problem { return nil }

func (e *everything) Checks() []api.Check { return e.checks }

func full(t *testing.T) *everything {
	t.Helper()
	own, at := parsePrice(t, "2000"), consensus.Time{}
	e := &everything{till: newTill(t), checks: []api.Check{{Name: "peers", State: api.CheckOK}, {Name: "clock", State: api.CheckFailing, Since: &at}}}
	e.refusals = []api.Refusal{
		{Pair: "ETH-USD", Price: own, Reason: consensus.RefusedDeviation, OwnPrice: &own, OwnTime: &at},
		{Pair: "ETH-USD", Price: own, Reason: consensus.RefusedNoPrice},
	}
	e.evidence = []consensus.Evidence{equivocation(t, storetest.NewSigners(t, "test", 1))}
	e.stories = []api.Story{told(t)}
	e.seen = func() api.Network {
		return api.Network{
			Members:  []api.Member{{Connected: []int{1}, Received: []api.Received{{Prices: []uint16{1}}}}, {LastHeard: &at, Connected: []int{}, Received: []api.Received{}}},
			Findings: []api.Finding{{Kind: consensus.Silent, Other: &signing.Address{}}},
		}
	}
	return e
}

// The description has every route, and what each answers is as it says: ready or not, and when something is wrong.
func TestOpenAPI(t *testing.T) {
	t.Parallel()
	s, url := serve(t)
	d := describe(t, url)
	if paths := slices.Sorted(maps.Keys(d.Paths)); d.OpenAPI != "3.1.0" || !slices.Equal(paths, s.Paths()) {
		t.Errorf("version %s, paths %v, want %v", d.OpenAPI, paths, s.Paths())
	}
	examples := strings.NewReplacer("{round}", "600", "{id}", signing.Digest{}.String()) // of the parameters in paths
	check := func(path, query string) {
		t.Helper()
		method := http.MethodGet
		if path == "/v1/stream" && query == "" { // it would not end
			method = http.MethodHead
		}
		got := do(t, method, url+examples.Replace(path)+query)
		o := d.Paths[path]["get"]
		r, ok := o.Responses[strconv.Itoa(got.status)]
		if !ok {
			r = o.Responses["default"]
		}
		kind := got.header.Get("Content-Type")
		content, ok := r.Content[kind]
		if !ok || o.Summary == "" {
			t.Errorf("%s%s: %d of %s is not described", path, query, got.status, kind)
			return
		}
		if content.Schema == nil || method == http.MethodHead {
			return
		}
		fits(t, path+query, content.Schema, got.body)
	}
	for range 2 { // starting, then with a node
		for path, operations := range d.Paths {
			if path == "/metrics" { // its content type carries a version
				continue
			}
			check(path, "")
			check(path, "?nosuch=1")
			check(path, "?verify=1")
			for _, p := range operations["get"].Parameters {
				check(path, "?"+p.Name+"=%00")
			}
		}
		s.Attach(full(t))
	}
}

// fits checks an answer against its schema.
func fits(t *testing.T, what string, schema *jsonschema.Schema, body string) {
	t.Helper()
	resolved, err := schema.Resolve(nil)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	var value any
	if err := json.Unmarshal([]byte(body), &value); err != nil {
		t.Fatalf("%s: %v in %s", what, err, body)
	}
	if err := resolved.Validate(value); err != nil {
		t.Errorf("%s: %v\n%s", what, err, body)
	}
}
