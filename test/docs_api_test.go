package test_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/gossip-price/gossip-price/node/api"
)

// docs/api.md lists what the description of the API has. UPDATE_DOCS=1 writes it anew.
func TestRoutesTable(t *testing.T) {
	t.Parallel()
	server, err := api.Listen(t.Context(), api.Options{Addr: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- server.Run(ctx) }()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+server.Addr()+"/v1/openapi.json", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	var described struct {
		Paths map[string]map[string]struct {
			Summary    string
			Parameters []struct{ Name string }
		}
	}
	if err := json.NewDecoder(resp.Body).Decode(&described); err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	var want strings.Builder
	want.WriteString("| GET | parameters | what it tells |\n|---|---|---|\n")
	for _, path := range slices.Sorted(maps.Keys(described.Paths)) {
		route := described.Paths[path]["get"]
		var parameters []string
		for _, p := range route.Parameters {
			parameters = append(parameters, "`"+p.Name+"`")
		}
		fmt.Fprintf(&want, "| `%s` | %s | %s |\n", path, strings.Join(parameters, ", "), route.Summary)
	}
	section(t, "../docs/api.md", "routes", want.String())
}
