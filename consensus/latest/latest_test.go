package latest_test

import (
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/latest"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

const pair = price.Pair("ETH-USD")

// start is the first round of the tests; rounds are a minute, settling takes 30 s.
const start = consensus.Round(600)

func policy() consensus.Policy {
	return consensus.Policy{Pairs: []price.Pair{pair}, Interval: time.Minute, Settle: 30 * time.Second, Skew: 5 * time.Second}
}

// certificate is one of a proposer, signed by it and another one, ten seconds after its round began.
func certificate(t *testing.T, round consensus.Round, proposer byte, text string) consensus.Certificate {
	t.Helper()
	p, err := price.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	o := consensus.Observation{Pair: pair, Price: p, Round: round, Proposer: signing.Address{proposer}}
	return consensus.Certificate{
		ID: o.Digest(signing.NewDomain("")), LastSigned: round.Start().Add(10 * time.Second),
		Report: consensus.Report{Observation: o, Attestations: []consensus.Attestation{{Signer: o.Proposer}, {Signer: signing.Address{0xff}}}},
	}
}

func TestChoose(t *testing.T) {
	t.Parallel()
	for want, prices := range map[string][]string{
		"1":      {"1"},
		"2":      {"2", "3"},
		"3":      {"9", "1", "3"},
		"4":      {"7", "4", "1", "5"},
		"5":      {"5", "5", "5", "9"},
		"2000.5": {"2000.5", "2000.500000000000000001", "1"},
	} {
		var list []consensus.Certificate
		for i, p := range prices {
			list = append(list, certificate(t, start, byte(i), p))
		}
		first := latest.Choose(list)
		for range 20 { // in any order it is the same one
			rand.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
			got := latest.Choose(list)
			if got.Observation.Price.String() != want || got.ID != first.ID || got.Count != len(list) || got.Signers != len(list)+1 {
				t.Errorf("of %v: %s, %+v", prices, got.Observation.Price, got)
			}
		}
	}
	list := []consensus.Certificate{certificate(t, start, 1, "2000"), certificate(t, start, 2, "2010"), certificate(t, start, 3, "1995")}
	if got := latest.Choose(list); got.Spread() != 7500 || got.Lowest.String() != "1995" || got.Highest.String() != "2010" {
		t.Errorf("%d ppm from %s to %s", got.Spread(), got.Lowest, got.Highest)
	}
}

// What the book says as time goes by.
func TestBook(t *testing.T) {
	t.Parallel()
	b := latest.NewBook(policy())
	at := func(seconds int) time.Time { return start.Start().Add(time.Duration(seconds) * time.Second) }
	expect := func(now time.Time, want string, stale bool) {
		t.Helper()
		got, ok := b.Latest(pair, now)
		switch {
		case !ok && want != "":
			t.Errorf("at %s: none, want %s", now.Format(time.TimeOnly), want)
		case ok && (got.Observation.Price.String() != want || got.Stale != stale):
			t.Errorf("at %s: %s, stale %t; want %s, %t", now.Format(time.TimeOnly), got.Observation.Price, got.Stale, want, stale)
		}
	}
	expect(at(0), "", false)
	late := certificate(t, start, 2, "30")
	late.LastSigned = at(35)
	b.Add([]consensus.Certificate{certificate(t, start, 1, "10"), late}, at(36))
	expect(at(39), "", false)
	expect(at(40), "10", false) // both count, once the first has settled
	b.Add([]consensus.Certificate{certificate(t, start, 3, "20")}, at(41))
	expect(at(41), "20", false)

	next := start + 60
	b.Add([]consensus.Certificate{certificate(t, next, 1, "40")}, at(72))
	expect(at(99), "20", false)
	expect(at(100), "40", false)
	b.Add([]consensus.Certificate{certificate(t, start, 4, "5")}, at(101)) // of a round that is over
	expect(at(101), "40", false)
	expect(at(60+120+34), "40", false)
	expect(at(60+120+35), "40", true)
	if _, ok := b.Latest("BTC-USD", at(101)); ok {
		t.Error("a pair that is not watched has a price")
	}
}

// Prices of a proposer that was convicted in the round are left out, whenever the evidence comes.
func TestConvicted(t *testing.T) {
	t.Parallel()
	liar := certificate(t, start, 1, "1")
	evidence := consensus.Evidence{First: liar.Report}
	honest := []consensus.Certificate{certificate(t, start, 2, "2"), certificate(t, start, 3, "3")}
	now := start.Start().Add(45 * time.Second)
	for name, fill := range map[string]func(*latest.Book){
		"before": func(b *latest.Book) { b.Convict(evidence); b.Add(append(honest, liar), now) },
		"after":  func(b *latest.Book) { b.Add(append(honest, liar), now); b.Convict(evidence) },
		"later": func(b *latest.Book) {
			b.Add(append(honest, liar), now)
			b.Latest(pair, now)
			b.Convict(evidence)
			b.Convict(evidence)
		},
	} {
		b := latest.NewBook(policy())
		fill(b)
		if got, ok := b.Latest(pair, now); !ok || got.Count != 2 || got.Observation.Price.String() != "2" {
			t.Errorf("%s: %t, %d prices, %s", name, ok, got.Count, got.Observation.Price)
		}
		b.Add([]consensus.Certificate{certificate(t, start+60, 1, "7")}, now)
		if got, _ := b.Latest(pair, now.Add(time.Minute)); got.Observation.Price.String() != "7" {
			t.Errorf("%s: %s in a round without conviction", name, got.Observation.Price)
		}
	}
	b := latest.NewBook(policy())
	b.Convict(evidence)
	b.Add([]consensus.Certificate{liar}, now)
	if got, ok := b.Latest(pair, now); ok {
		t.Errorf("a round of convicted proposers alone is complete with %s", got.Observation.Price)
	}
}

// Where all proposers of a round are convicted after it was complete, the newest complete round before it counts again, until a price
// of another proposer completes the round, or a later one is.
func TestConvictedAll(t *testing.T) {
	t.Parallel()
	b := latest.NewBook(policy())
	round := func(n int) consensus.Round { return start + consensus.Round(60*n) }
	now := round(4).Start().Add(59 * time.Second)
	expect := func(want string, stale bool) {
		t.Helper()
		switch got, ok := b.Latest(pair, now); {
		case !ok && want != "":
			t.Errorf("none, want %s", want)
		case ok && (got.Observation.Price.String() != want || got.Stale != stale):
			t.Errorf("%s, stale %t; want %s, %t", got.Observation.Price, got.Stale, want, stale)
		}
	}
	convict := func(n int, proposer byte) {
		b.Convict(consensus.Evidence{First: certificate(t, round(n), proposer, "1").Report})
	}
	for n := range 5 {
		b.Add([]consensus.Certificate{certificate(t, round(n), 1, strconv.Itoa(10+n)), certificate(t, round(n), 2, strconv.Itoa(20+n))}, now)
	}
	expect("14", false)
	convict(4, 1)
	expect("24", false)
	convict(4, 2)
	expect("13", false)
	convict(3, 2)
	convict(3, 1)
	expect("12", true) // what should be there later is not
	late := certificate(t, round(4), 3, "34")
	late.LastSigned = now.Add(-time.Second)
	b.Add([]consensus.Certificate{late}, now)
	expect("12", true)
	now = now.Add(29 * time.Second)
	expect("34", false)
	b.Add([]consensus.Certificate{certificate(t, round(5), 1, "15")}, now)
	now = round(5).Start().Add(40 * time.Second)
	expect("15", false)
	for n := range 6 {
		for proposer := range byte(4) {
			convict(n, proposer)
		}
	}
	expect("", false)
	b.Add([]consensus.Certificate{certificate(t, round(6), 1, "16")}, now)
	now = round(6).Start().Add(40 * time.Second)
	expect("16", false)
}

// What has been complete stays so where the clock is set back, also where a later round loses its price.
func TestConvictedClock(t *testing.T) {
	t.Parallel()
	b := latest.NewBook(policy())
	now := start.Start().Add(110 * time.Second)
	b.Add([]consensus.Certificate{certificate(t, start, 1, "1"), certificate(t, start+60, 1, "2")}, now)
	now = now.Add(-time.Hour)
	b.Convict(consensus.Evidence{First: certificate(t, start+60, 1, "2").Report})
	if got, ok := b.Latest(pair, now); !ok || got.Observation.Price.String() != "1" {
		t.Errorf("%t, %s", ok, got.Observation.Price)
	}
}

// However many certificates come, the book holds no more than it may, and the newest.
func TestBound(t *testing.T) {
	t.Parallel()
	b := latest.NewBook(policy())
	list := make([]consensus.Certificate, latest.MaxHeld+500)
	for i := range list {
		list[i] = certificate(t, start+consensus.Round(60*i), 1, "1")
		list[i].LastSigned = start.Start().Add(time.Hour)
	}
	b.Add(list, start.Start())
	last := list[len(list)-1]
	if got, ok := b.Latest(pair, start.Start().Add(2*time.Hour)); !ok || got.ID != last.ID || b.Held(pair) > 1+latest.SpareRounds {
		t.Errorf("%t: %d held", ok, b.Held(pair))
	}
	b = latest.NewBook(policy())
	b.Add(list, start.Start())
	if n := b.Held(pair); n != latest.MaxHeld {
		t.Errorf("%d held, want %d", n, latest.MaxHeld)
	}
}
