package node

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// A node with a new journal that is stopped before anybody could say what it had signed signs nothing.
func TestRecallStopped(t *testing.T) {
	t.Parallel()
	key, err := signing.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	cfg := dayConfig(t, key, []signing.Address{key.Address(), {1}, {2}})
	n, err := New(t.Context(), cfg, Parts{Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Now: dayNow, Source: noPrices{}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	time.AfterFunc(peerPoll, stop)
	if n.recallAll(ctx) {
		t.Error("others have told what was signed")
	}
	round := consensus.RoundAt(dayNow(), cfg.FetchPriceInterval)
	if n.waitRecall(ctx, round) {
		t.Error("a proposal is signed")
	}
	d := consensus.Decision{Observation: consensus.Observation{Pair: cfg.Pairs[0], Round: round, Proposer: signing.Address{1}}}
	if !n.postponed(d) {
		t.Error("a co-signature is made")
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if err := n.Run(ended); err != nil {
		t.Error(err)
	}
}
