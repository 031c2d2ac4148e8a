package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

// signed returns a row of the first node, with the signatures of so many nodes.
func signed(t *testing.T, value string, observed time.Time, signers int) consensus.Row {
	t.Helper()
	var keys []signing.Key
	for _, text := range nodeKeys() {
		key, err := signing.ParseKey(text)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	p, err := price.Parse(value)
	if err != nil {
		t.Fatal(err)
	}
	o := consensus.Observation{
		Pair: "ETH-USD", Price: p, Round: consensus.RoundAt(observed, interval), ObservedAt: consensus.MillisOf(observed),
		Proposer: keys[0].Address(),
	}
	id := o.Digest(signing.NewDomain("chaos"))
	c := consensus.Certificate{ID: id, LastSigned: observed, Report: consensus.Report{Network: "chaos", Observation: o}}
	for _, key := range keys[:signers] {
		signature, err := key.Sign(id)
		if err != nil {
			t.Fatal(err)
		}
		c.Attestations = append(c.Attestations, consensus.Attestation{Signer: key.Address(), Signature: signature})
	}
	others := c.Attestations[1:]
	slices.SortFunc(others, func(a, b consensus.Attestation) int { return slices.Compare(a.Signer[:], b.Signer[:]) })
	return c.Row()
}

func testLedger(t *testing.T) *ledger {
	t.Helper()
	members, err := roster()
	if err != nil {
		t.Fatal(err)
	}
	return newLedger(members, market{cents: []int64{100_00}}, &violations{})
}

// What is planted is found, and nothing else.
func TestLedgerFindsBadRows(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_763_812_801, 0).UTC()
	good := signed(t, "100.99", now, 3)
	forged := signed(t, "100", now, 3)
	forged.SignData[1].Signature[7] ^= 1
	changed := signed(t, "100", now, 3)
	changed.Price = good.Price
	for name, test := range map[string]struct {
		row  consensus.Row
		want string
	}{
		"good":          {good, ""},
		"bad signature": {forged, "every row is a proof"},
		"changed":       {changed, "every row is a proof"},
		"no quorum":     {signed(t, "100", now, 2), "every row is a proof"},
		"too high":      {signed(t, "101.02", now, 3), "no false price"},
		"too low":       {signed(t, "98.9", now, 3), "no false price"},
	} {
		l := testLedger(t)
		l.row(test.row)
		l.row(test.row) // read again at the end
		list, count := l.violations.all()
		if test.want == "" && count != 0 || test.want != "" && (count != 1 || !strings.HasPrefix(list[0], test.want)) {
			t.Errorf("%s: %v, want %q", name, list, test.want)
		}
		if doubles := l.doubles(); len(doubles) > 0 {
			t.Errorf("%s: doubles %v", name, doubles)
		}
	}
}

func TestLedgerFindsDoubles(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_763_812_801, 0).UTC()
	l := testLedger(t)
	l.row(signed(t, "100", now, 3))
	l.row(signed(t, "100.5", now.Add(interval), 3))
	if doubles := l.doubles(); len(doubles) != 0 {
		t.Errorf("two rounds: %v", doubles)
	}
	l.row(signed(t, "100.5", now, 3))
	if doubles := l.doubles(); len(doubles) != 1 {
		t.Errorf("two prices for one round: %v", doubles)
	}
}

// A certificate that a node told is missing until it is stored, unless all who had it lost their journals.
func TestLedgerFindsWhatIsMissing(t *testing.T) {
	t.Parallel()
	now := time.Now()
	row := signed(t, "100", now, 3)
	c := certificate{place{row.Pair, uint64(row.RoundTime.Unix()), row.FirstSigner.String()}, row.ID.Short()} //nolint:gosec // of today
	missing := func(l *ledger) int { return len(l.missing(now)) }

	l := testLedger(t)
	l.verified("node1", now, c)
	l.verified("node2", now.Add(time.Second), c)
	if missing(l) != 1 {
		t.Error("a certificate that is not stored is not missed")
	}
	if n := len(l.missing(now.Add(-time.Second))); n != 0 {
		t.Error("missed before it was seen")
	}
	l.loseJournal("node1")
	if missing(l) != 1 {
		t.Error("node2 has it still")
	}
	l.row(row)
	if missing(l) != 0 {
		t.Error("stored and missed")
	}

	l = testLedger(t)
	l.verified("node1", now, c)
	l.loseJournal("node1")
	l.verified("node1", now, c) // its last words, read late
	if missing(l) != 0 || l.totals(now).orphans != 1 {
		t.Error("nobody has it any more: it is an orphan")
	}
	l.verified("node3", now.Add(time.Minute), c)
	if missing(l) != 1 {
		t.Error("node3 has it")
	}
}

func TestLogsFindDisasters(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]int{
		`{"level":"INFO","msg":"price quorum","id":"0x01020304","pair":"ETH-USD","round":5,"proposer":"0xab"}`: 0,
		`{"level":"ERROR","msg":"write prices; they are kept and tried again"}`:                                0,
		"WARNING: DATA RACE":                   1,
		"panic: runtime error: index":          1,
		"fatal error: concurrent map writes":   1,
		"ERROR:  duplicate key value violates": 1,
		"LOG:  database system is ready":       0,
	} {
		l := testLedger(t)
		logs := &logs{ledger: l, violations: l.violations, complaints: make(map[string]int)}
		logs.line("node1", time.Now(), line)
		if _, count := l.violations.all(); count != want {
			t.Errorf("%s: %d violations, want %d", line, count, want)
		}
		if seen := len(l.seen); (seen == 1) != strings.Contains(line, "quorum") {
			t.Errorf("%s: %d certificates", line, seen)
		}
	}
}
