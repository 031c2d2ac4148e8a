package test_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/multiformats/go-multiaddr"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"github.com/gossip-price/gossip-price/node"
	"github.com/gossip-price/gossip-price/node/api"
)

// docs/metrics.md lists what a node's /metrics has: what the node registers, and what its HTTP server does. UPDATE_DOCS=1 writes it anew.
func TestMetricsTable(t *testing.T) {
	t.Parallel()
	server, err := api.Listen(t.Context(), api.Options{Addr: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	shown, ok := server.Metrics().(*prometheus.Registry)
	if !ok {
		t.Fatal("the server shows no registry that can be read here")
	}
	registry := &recorder{Registry: shown, described: make(map[string]string)}
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
	if err := errors.Join(n.Run(stopped), server.Run(stopped)); err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	want.WriteString("| metric | kind | labels | what it is |\n|---|---|---|---|\n")
	for _, f := range families {
		if !strings.HasPrefix(f.GetName(), "gossip_price_") { // of the Go runtime, the process and libp2p
			continue
		}
		fmt.Fprintf(&want, "| `%s` | %s | %s | %s |\n", f.GetName(), strings.ToLower(f.GetType().String()), labels(f), f.GetHelp())
	}
	section(t, "../docs/metrics.md", "metrics", want.String())
	section(t, "../docs/metrics.md", "libp2p", registry.table("libp2p_"))
}

// recorder is a registry that writes down what collectors describe, also what has no series yet.
type recorder struct {
	*prometheus.Registry
	described map[string]string // row of the table by name
}

// Register implements prometheus.Registerer.
func (r *recorder) Register(c prometheus.Collector) error {
	descs := make(chan *prometheus.Desc)
	go func() { c.Describe(descs); close(descs) }()
	form := regexp.MustCompile(`fqName: "([^"]*)", help: "([^"]*)".*variableLabels: {([^}]*)}`)
	for d := range descs {
		if found := form.FindStringSubmatch(d.String()); found != nil {
			r.described[found[1]] = fmt.Sprintf("| `%s` | %s | %s |", found[1], strings.ReplaceAll(found[3], ",", ", "), found[2])
		}
	}
	return r.Registry.Register(c)
}

// MustRegister implements prometheus.Registerer.
func (r *recorder) MustRegister(collectors ...prometheus.Collector) {
	for _, c := range collectors {
		if err := r.Register(c); err != nil {
			panic(err)
		}
	}
}

// table returns a row for each of the names that begin like this.
func (r *recorder) table(prefix string) string {
	lines := []string{"| metric | labels | what it is, in libp2p's words |", "|---|---|---|"}
	for _, name := range slices.Sorted(maps.Keys(r.described)) {
		if strings.HasPrefix(name, prefix) {
			lines = append(lines, r.described[name])
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

// labels returns the names of a family's labels with all their values, but for those that follow from the settings.
func labels(f *dto.MetricFamily) string {
	values := make(map[string][]string)
	for _, m := range f.GetMetric() {
		for _, l := range m.GetLabel() {
			values[l.GetName()] = append(values[l.GetName()], l.GetValue())
		}
	}
	var words []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if name == "member" || name == "pair" || name == "version" {
			words = append(words, fmt.Sprintf("`%s`", name))
			continue
		}
		slices.Sort(values[name])
		words = append(words, fmt.Sprintf("`%s`: %s", name, strings.Join(slices.Compact(values[name]), ", ")))
	}
	return strings.Join(words, "; ")
}
