package test_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// wireField is one field of an encoded report, tag included.
type wireField struct {
	number protowire.Number
	bytes  []byte
}

// takeApart returns the fields of an encoded report.
func takeApart(b []byte) []wireField {
	var parts []wireField
	for len(b) > 0 {
		number, _, n := protowire.ConsumeField(b)
		parts = append(parts, wireField{number, b[:n]})
		b = b[n:]
	}
	return parts
}

// changedFrames returns the report with fields left out, repeated, of another type, and cut short.
func changedFrames(r consensus.Report) []mutant {
	parts := takeApart(r.Encode())
	join := func(parts []wireField) (b []byte) {
		for _, p := range parts {
			b = append(b, p.bytes...)
		}
		return b
	}
	var mutants []mutant
	for i, p := range parts {
		if p.number == 7 { // attestations: see changedAttestations
			continue
		}
		left := slices.Delete(slices.Clone(parts), i, i+1)
		other := protowire.AppendFixed64(protowire.AppendTag(nil, p.number, protowire.Fixed64Type), 7)
		mutants = append(mutants,
			mutant{fmt.Sprint("without field ", p.number), join(left)},
			mutant{fmt.Sprint("field twice: ", p.number), join(append(slices.Clone(parts), p))},
			mutant{fmt.Sprint("field of another type: ", p.number), join(append(left, wireField{p.number, other}))},
			mutant{fmt.Sprint("cut short in field ", p.number), join(parts[:i+1])[:len(join(parts[:i+1]))-1]},
		)
	}
	return mutants
}

// Every bit of an encoded report, flipped: whoever receives it takes it for nothing, unless the bit says nothing, or for
// the very report that it was made from. This is done to the engine itself: after a few of them no node would listen.
func TestHostileBitFlips(t *testing.T) {
	t.Parallel()
	key, other := makeKey(t, 1), makeKey(t, 2)
	round := consensus.RoundAt(time.Now(), 20*time.Second)
	o := observation(t, key, round, 0)
	valid := assemble("flips", o, attest(t, "flips", o, key), attest(t, "flips", o, other))
	policy := consensus.Policy{
		Network: "flips", Self: makeKey(t, 3).Address(), Interval: 20 * time.Second, Quorum: 2, Proposers: 16, Skew: 5 * time.Second,
		Roster: consensus.NewRoster(key.Address(), other.Address(), makeKey(t, 3).Address()), Settle: time.Second,
	}
	policy.Pairs = append(policy.Pairs, ethUSD)
	now, whole, taken := o.ObservedAt.Time(), valid.EncodeAgain(1<<40), 0
	for bit := range 8 * len(whole) {
		data := slices.Clone(whole)
		data[bit/8] ^= 1 << (bit % 8)
		engine := consensus.NewEngine(policy)
		change := engine.Receive(data, now)
		if change.Outcome == consensus.Accepted {
			taken++
			if change.Observation != o {
				t.Errorf("bit %d: took %+v", bit, change.Observation)
			}
		}
		for _, c := range engine.Unsaved() {
			if err := c.Row().Verify(policy.Roster.Contains, policy.Quorum); err != nil {
				t.Errorf("bit %d: certificate: %v", bit, err)
			}
		}
		if again := engine.Receive(whole, now).Outcome; again != consensus.Accepted && again != consensus.Duplicate {
			t.Errorf("bit %d: afterwards the honest report is %s", bit, again)
		}
	}
	// The attempt number says nothing; an attestation of another signer is none of the roster's, and one with another tag
	// is an unknown field: both are skipped.
	t.Logf("attack: %s | held | %d bits flipped, %d of them without a meaning", t.Name(), 8*len(whole), taken)
	if taken == 0 || taken > 8*(8+20) {
		t.Errorf("%d of %d flips were taken for the report", taken, 8*len(whole))
	}
	if signing.Verify(o.Digest(signing.NewDomain("flips")), key.Address(), valid.Attestations[0].Signature) != nil {
		t.Error("the report was not valid to begin with")
	}
}
