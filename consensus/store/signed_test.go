package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/global/price"
)

// slot is where a proposer may propose once; place is that of one proposer.
type slot struct {
	pair  price.Pair
	round consensus.Round
}

type place struct {
	slot
	proposer signing.Address
}

// machine is a journal beside a model of it. The model forgets what Prune forgets; approved never forgets.
type machine struct {
	ctx  context.Context
	path string
	j    *store.Journal

	watermark consensus.Round
	proposals map[slot][]byte
	signed    map[place]signing.Digest
	approved  map[place]signing.Digest
	published map[slot][]byte
}

// TestNeverTwice calls in any order, with re-opens between: every call does as the model says, and no place is ever
// given two signatures, whatever was forgotten meanwhile.
func TestNeverTwice(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	var runs atomic.Int64
	rapid.Check(t, func(rt *rapid.T) {
		m := &machine{
			ctx: t.Context(), path: filepath.Join(folder, fmt.Sprint(runs.Add(1)), "node.db"),
			proposals: make(map[slot][]byte), signed: make(map[place]signing.Digest),
			approved: make(map[place]signing.Digest), published: make(map[slot][]byte),
		}
		m.open(rt)
		defer func() { _ = m.j.Close() }()
		rt.Repeat(map[string]func(*rapid.T){
			"propose": m.propose, "cosign": m.cosign, "prune": m.prune, "open": m.reopen, "read": m.read,
		})
	})
}

func (m *machine) open(t *rapid.T) {
	var err error
	if m.j, err = store.OpenJournal(m.ctx, m.path); err != nil {
		t.Fatal(err)
	}
	if err := m.j.Pragma(m.ctx, "synchronous = OFF"); err != nil { // no power is cut here
		t.Fatal(err)
	}
}

func (m *machine) reopen(t *rapid.T) {
	if rapid.IntRange(0, 3).Draw(t, "seldom") > 0 {
		t.Skip("to open a file is dear")
	}
	if err := m.j.Close(); err != nil {
		t.Fatal(err)
	}
	m.open(t)
}

func rounds() *rapid.Generator[consensus.Round] {
	return rapid.OneOf(
		rapid.Map(rapid.Uint64Range(0, 6), func(n uint64) consensus.Round { return consensus.Round(60 * n) }),
		rapid.SampledFrom([]consensus.Round{59, 61, math.MaxInt64, math.MaxInt64 + 1, math.MaxUint64}),
	)
}

func slots(t *rapid.T) slot {
	return slot{rapid.SampledFrom([]price.Pair{"A-B", "C-D"}).Draw(t, "pair"), rounds().Draw(t, "round")}
}

func (m *machine) propose(t *rapid.T) {
	s, report := slots(t), []byte(rapid.SampledFrom([]string{"one", "two", "three"}).Draw(t, "report"))
	kept, err := m.j.Propose(m.ctx, s.pair, s.round, report)
	want, there := m.proposals[s]
	if !there && s.round > m.watermark && s.round <= math.MaxInt64 {
		want, m.proposals[s] = report, report
	}
	if !bytes.Equal(kept, want) || errors.Is(err, global.ErrDoubleSign) != (want == nil) {
		t.Fatalf("Propose(%v, %q) = %q, %v; want %q", s, report, kept, err, want)
	}
	if first := m.published[s]; want != nil && first != nil && !bytes.Equal(first, want) {
		t.Fatalf("%v: %q after %q", s, want, first)
	} else if want != nil {
		m.published[s] = want
	}
}

func (m *machine) cosign(t *rapid.T) {
	p := place{slots(t), signing.Address{rapid.ByteMax(1).Draw(t, "proposer")}}
	id := signing.Digest{rapid.ByteMax(2).Draw(t, "id")}
	err := m.j.Cosign(m.ctx, p.proposer, p.pair, p.round, id)
	if _, there := m.signed[p]; !there && p.round > m.watermark && p.round <= math.MaxInt64 {
		m.signed[p] = id
	}
	kept, there := m.signed[p]
	switch may := there && kept == id; {
	case may && err != nil, !may && !errors.Is(err, global.ErrDoubleSign):
		t.Fatalf("Cosign(%v, %v) = %v; the model has %v", p, id, err, kept)
	case may:
		if first, signed := m.approved[p]; signed && first != id {
			t.Fatalf("%v: %v after %v", p, id, first)
		}
		m.approved[p] = id
	}
}

func (m *machine) prune(t *rapid.T) {
	before := rounds().Draw(t, "before")
	if err := m.j.Prune(m.ctx, before); err != nil {
		t.Fatal(err)
	}
	if before == 0 || before > math.MaxInt64 {
		return
	}
	for s := range m.proposals {
		if s.round < before {
			m.watermark = max(m.watermark, s.round)
			delete(m.proposals, s)
		}
	}
	for p := range m.signed {
		if p.round < before {
			m.watermark = max(m.watermark, p.round)
			delete(m.signed, p)
		}
	}
}

// read compares one proposal with the model's.
func (m *machine) read(t *rapid.T) {
	s := slots(t)
	got, err := m.j.Proposal(m.ctx, s.pair, s.round)
	if err != nil || !bytes.Equal(got, m.proposals[s]) {
		t.Fatalf("Proposal(%v) = %q, %v; want %q", s, got, err, m.proposals[s])
	}
}
