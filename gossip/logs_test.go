package gossip_test

import (
	"errors"
	"log/slog"
	"strings"
	"testing"

	golog "github.com/ipfs/go-log/v2"
	"github.com/libp2p/go-libp2p/gologshim"

	"github.com/gossip-price/gossip-price/gossip"
)

// TestRouteLogs changes the state of the process, so it runs alone and leaves both libraries talking to nobody.
func TestRouteLogs(t *testing.T) { //nolint:paralleltest // process-wide state
	var out syncBuffer
	gossip.RouteLogs(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	defer gossip.RouteLogs(slog.DiscardHandler)

	p2p, kad := gologshim.Logger("test-p2p"), golog.Logger("test-kad")
	p2p.Debug("p2p debug")
	p2p.Info("p2p info")
	p2p.Warn("p2p warn")
	p2p.With("n", 1).WithGroup("g").Error("p2p error", "n", 2)
	kad.Warnw("kad warn")
	kad.With("who", "me").Errorw("kad error", "err", errors.New("broken"))

	got := out.String()
	for _, want := range []string{"p2p error", "logger=test-p2p", "n=1", "g.n=2", "kad error", "logger=test-kad", "who=me", "err=broken"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing:\n%s", want, got)
		}
	}
	for _, leave := range []string{"p2p debug", "p2p info", "p2p warn", "kad warn"} {
		if strings.Contains(got, leave) {
			t.Errorf("%q came through:\n%s", leave, got)
		}
	}
}
