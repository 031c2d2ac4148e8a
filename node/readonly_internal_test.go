package node

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/consensus/store/storetest"
	"github.com/gossip-price/gossip-price/global/config"
)

// readOnly is a store that answers, and takes rows only when it may.
type readOnly struct {
	store.Prices
	writable bool
}

var errReadOnly = errors.New("read-only")

func (r *readOnly) CheckWrite(ctx context.Context) error {
	if !r.writable {
		return errReadOnly
	}
	return r.Prices.CheckWrite(ctx)
}

func (r *readOnly) Insert(ctx context.Context, batch *store.Batch) ([]signing.Digest, error) {
	if !r.writable {
		return nil, errReadOnly
	}
	return r.Prices.Insert(ctx, batch)
}

// A store that can be read only is not well between two failed writes, whatever it answers meanwhile.
func TestReadOnlyStaysTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, stayTold)
}

// storingNode returns what of a node of a roster of two a flush needs, with the price store inside what is returned beside it.
func storingNode(t *testing.T, signers storetest.Signers) (*Node, *readOnly) {
	t.Helper()
	folder := t.TempDir()
	prices, err := store.Open(t.Context(), "sqlite:"+filepath.Join(folder, "prices.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = prices.Close() })
	journal, err := store.OpenJournal(t.Context(), filepath.Join(folder, "node.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = journal.Close() })
	shop := &readOnly{Prices: prices}
	cfg := config.Config{Network: "n", FlushInterval: 30 * time.Second, DatabaseURL: "shared"}
	policy := consensus.Policy{
		Network: "n", Interval: time.Minute, Quorum: 2, Self: signers.Addresses()[0], Roster: consensus.NewRoster(signers.Addresses()...),
	}
	return &Node{
		cfg: cfg, policy: policy, pulse: newPulse(cfg, policy, "", time.Now()), log: slog.New(slog.DiscardHandler),
		now: time.Now, health: newHealth(), meters: newMeters(nil, &policy, cfg.FlushInterval, time.Now()), engine: consensus.NewEngine(policy),
		journal: journal, prices: shop, writing: newWriting(cfg, &policy, nil), wrote: make(map[signing.Digest]bool),
	}, shop
}

func stayTold(t *testing.T) {
	signers := storetest.NewSigners(t, "n", 2)
	n, shop := storingNode(t, signers)
	all := signers.Certificates(t, 4)
	if err := errors.Join(n.journal.Keep(t.Context(), all[2:]), n.learnStore(t.Context())); err != nil {
		t.Fatal(err)
	}
	fault := func() error { _, err := n.health.heard(storePart); return err }
	tasks := n.writing.Last(time.Now(), nil)
	if !n.flushFailed(t.Context(), storePart, n.write(t.Context(), tasks, idsOf(all[2:]))) || fault() == nil {
		t.Fatal("a write that fails is not told")
	}
	// Another member reads: that shows that the store can be read.
	window := consensus.WindowAt(time.Now(), n.cfg.FlushInterval)
	say := func(w consensus.Writing, rows bool) {
		t.Helper()
		<-time.After(time.Second)
		key := signers.Key(1)
		var encoded []byte
		var err error
		if rows {
			w.Notice.Signature, err = key.Sign(w.Notice.Digest())
			encoded = w.Notice.Encode()
		} else {
			w.Audit.Signature, err = key.Sign(w.Audit.Digest())
			encoded = w.Audit.Encode()
		}
		if outcome := n.writing.Receive(encoded, time.Now()); err != nil || !outcome.PassedOn() {
			t.Fatal(outcome, err)
		}
	}
	audit := consensus.NewAudit("n", n.writing.Store(), window, signers.Addresses()[1], []signing.Digest{{1}}, nil)
	say(consensus.Writing{Audit: &audit}, false)
	look := func() { n.lookAgain(t.Context()) }
	if look(); fault() == nil {
		t.Error("well, because another member could read")
	}
	notice := consensus.NewNotice("n", n.writing.Store(), window, signers.Addresses()[1], []signing.Digest{{2}})
	say(consensus.Writing{Notice: &notice}, true)
	if look(); fault() == nil {
		t.Error("well, because another member says that it wrote")
	}
	shop.writable = true
	again := consensus.NewNotice("n", n.writing.Store(), window, signers.Addresses()[1], []signing.Digest{{3}})
	say(consensus.Writing{Notice: &again}, true)
	if look(); fault() != nil {
		t.Error(fault())
	}
}

// A journal that takes nothing is not well for being read, as each stage of the flush does, nor because nothing is to be dropped.
func TestUnwritableStaysTold(t *testing.T) {
	t.Parallel()
	n, shop := storingNode(t, storetest.NewSigners(t, "n", 2))
	shop.writable = true
	full := errors.New("no space left on the disk")
	n.health.set(journalPart, full)
	n.flush(t.Context(), n.writing.Tasks)
	if fault := n.journalFault(); !errors.Is(fault, full) {
		t.Errorf("after a flush: %v", fault)
	}
}
