package test_test

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/multiformats/go-multiaddr"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"github.com/gossip-price/gossip-price/node"
)

// docs/metrics.md lists what a node registers. UPDATE_DOCS=1 writes it anew.
func TestMetricsTable(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	cfg := defaults()
	cfg.PrivateKey, cfg.DataDir = makeKey(t, 1), t.TempDir()
	cfg.ConnectionAddr = []multiaddr.Multiaddr{multiaddr.StringCast("/ip4/127.0.0.1/tcp/0")}
	n, err := node.New(t.Context(), cfg, node.Parts{Log: slog.New(slog.DiscardHandler), Now: time.Now, Metrics: registry})
	if err != nil {
		t.Fatal(err)
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := n.Run(stopped); err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	want.WriteString("| metric | kind | labels | what it is |\n|---|---|---|---|\n")
	for _, f := range families {
		fmt.Fprintf(&want, "| `%s` | %s | %s | %s |\n", f.GetName(), strings.ToLower(f.GetType().String()), labels(f), f.GetHelp())
	}
	section(t, "../docs/metrics.md", "metrics", want.String())
}

// labels returns the names of a family's labels with all their values.
func labels(f *dto.MetricFamily) string {
	values := make(map[string][]string)
	for _, m := range f.GetMetric() {
		for _, l := range m.GetLabel() {
			values[l.GetName()] = append(values[l.GetName()], l.GetValue())
		}
	}
	var words []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		words = append(words, fmt.Sprintf("`%s`: %s", name, strings.Join(values[name], ", ")))
	}
	return strings.Join(words, "; ")
}
