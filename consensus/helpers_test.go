package consensus_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// failer is what the helpers need of *testing.T, *testing.B, *testing.F and *rapid.T.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

const (
	network  = "testnet"
	pair     = price.Pair("ETH-USD")
	round    = consensus.Round(1_800_000_000)
	interval = 10 * time.Minute
	skew     = 5 * time.Second
	settle   = 30 * time.Second
	// stageDelay is short, so that a moment after a proposal it is everybody's turn.
	stageDelay = time.Millisecond

	strangers = 8 // keys of a world beyond its roster
)

// at returns an instant some time after the start of the round that the tests use.
func at(d time.Duration) time.Time { return round.Start().Add(d) }

// world is a network seen from outside: it has everybody's key.
type world struct {
	t      failer
	keys   []signing.Key // the roster's, then strangers'
	policy consensus.Policy
	domain signing.Domain
}

// newWorld makes a network of some members, of none an open one, with a quorum of 3. Self is a stranger until it is set.
func newWorld(t failer, members int) world {
	t.Helper()
	w := world{t: t, keys: makeKeys(t, members+strangers), domain: signing.NewDomain(network)}
	var roster []signing.Address
	for _, k := range w.keys[:members] {
		roster = append(roster, k.Address())
	}
	w.policy = consensus.Policy{
		Network:      network,
		Self:         w.keys[len(w.keys)-1].Address(),
		Pairs:        []price.Pair{pair, "BTC-USD"},
		Interval:     interval,
		Quorum:       3,
		Roster:       consensus.NewRoster(roster...),
		Proposers:    16,
		MaxDeviation: 10_000,
		Freshness:    settle,
		Settle:       settle,
		StageDelay:   stageDelay,
		Skew:         skew,
	}
	return w
}

// makeKeys returns n keys, the same at every call.
func makeKeys(t failer, n int) []signing.Key {
	t.Helper()
	keys := make([]signing.Key, n)
	for i := range keys {
		var err error
		if keys[i], err = signing.ParseKey(fmt.Sprintf("%064x", i+1)); err != nil {
			t.Fatalf("ParseKey = %v", err)
		}
	}
	return keys
}

// engine returns an engine of one member.
func (w world) engine(self int) *consensus.Engine {
	p := w.policy
	p.Self = w.keys[self].Address()
	return consensus.NewEngine(p)
}

// observation returns what a signer proposes in the round that the tests use, one second after its start.
func (w world) observation(proposer int) consensus.Observation {
	return consensus.Observation{
		Pair:       pair,
		Price:      parsePrice(w.t, "3000"),
		Round:      round,
		ObservedAt: consensus.MillisOf(at(time.Second)),
		Proposer:   w.keys[proposer].Address(),
	}
}

func (w world) attest(o consensus.Observation, signer int) consensus.Attestation {
	w.t.Helper()
	signature, err := w.keys[signer].Sign(o.Digest(w.domain))
	if err != nil {
		w.t.Fatalf("Sign = %v", err)
	}
	return consensus.Attestation{Signer: w.keys[signer].Address(), Signature: signature}
}

// report returns the observation with attestations of the signers, in the order of the protocol.
func (w world) report(o consensus.Observation, signers ...int) consensus.Report {
	w.t.Helper()
	r := consensus.Report{Network: network, Observation: o}
	for _, i := range signers {
		r.Attestations = append(r.Attestations, w.attest(o, i))
	}
	return inOrder(r)
}

// inOrder sorts attestations as section 2 has it: the proposer's first, then by address bytes.
func inOrder(r consensus.Report) consensus.Report {
	slices.SortFunc(r.Attestations, func(a, b consensus.Attestation) int {
		return bytes.Compare(orderKey(r, a), orderKey(r, b))
	})
	return r
}

func orderKey(r consensus.Report, a consensus.Attestation) []byte {
	if a.Signer == r.Observation.Proposer {
		return nil
	}
	return a.Signer[:]
}

// known returns what an engine knows of an observation; an empty report if it does not hold it.
func known(e *consensus.Engine, o consensus.Observation, now time.Time) consensus.Report {
	r, _ := e.Admit(consensus.Report{Network: network, Observation: o}, now)
	return r
}

func signersOf(attestations []consensus.Attestation) []signing.Address {
	signers := make([]signing.Address, len(attestations))
	for i, a := range attestations {
		signers[i] = a.Signer
	}
	slices.SortFunc(signers, signing.Address.Compare)
	return signers
}

// anotherSignature returns a second valid signature of a key over a digest: with other randomness than RFC 6979 has.
func anotherSignature(t failer, k signing.Key, d signing.Digest) signing.Signature {
	t.Helper()
	signature, err := signing.SignatureFromBytes(signWithNonce(k, d, 12345))
	if err != nil || signing.Verify(d, k.Address(), signature) != nil {
		t.Fatalf("another signature: %v", err)
	}
	return signature
}

// damaged returns an attestation of the right form that its signer did not make.
func damaged(a consensus.Attestation) consensus.Attestation {
	a.Signature[64] = 27 + 28 - a.Signature[64]
	return a
}

func expect(t failer, got consensus.Change, want consensus.Outcome) consensus.Change {
	t.Helper()
	if got.Outcome != want {
		t.Fatalf("outcome %s, want %s", got.Outcome, want)
	}
	return got
}

func parsePrice(t failer, s string) price.Price {
	t.Helper()
	p, err := price.Parse(s)
	if err != nil {
		t.Fatalf("price %q: %v", s, err)
	}
	return p
}
