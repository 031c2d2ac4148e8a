package test_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

// mutant is a report that was changed, by what was changed.
type mutant struct {
	what string
	data []byte
}

// Reports with one field changed: of the honest ones, in the round in which they travel, and of one by a member whose place
// in the round is free. None enters, and the member's right one does afterwards.
func TestHostileMutations(t *testing.T) { //nolint:paralleltest // see simulate
	besiege(t, member, func(t *testing.T, s *siege) {
		heard := s.listen()
		round := s.nextRound()
		pass(5 * time.Second)
		reports, network := heard(), s.settings.Network
		if len(reports) == 0 {
			t.Fatal("no report was heard")
		}
		whole := slices.MaxFunc(reports, func(a, b consensus.Report) int { return len(a.Attestations) - len(b.Attestations) })
		o := observation(t, s.bad.key, round, 0)
		own := assemble(network, o, attest(t, network, o, s.bad.key))
		mutants := 0
		for _, r := range []consensus.Report{own, whole} {
			all := slices.Concat(changedFields(t, r, s.honest[0].key.Address()), changedAttestations(r), changedFrames(r))
			for i, m := range all {
				if i%(honestBound*len(s.honest)) == 0 { // of more than so many a node would read no further
					s.disguise()
				}
				_ = s.x.publish(s.honest[i%len(s.honest)].node.Host().ID(), m.data)
			}
			mutants += len(all)
		}
		s.notes = fmt.Sprint(mutants, " mutants")
		pass(time.Second)
		s.expectUntouched()
		s.disguise()
		s.bad.pretend(o)
		s.tell(own.Encode())
		s.settle()
		s.expectOneRow(round)
	})
}

// changedFields returns the report with each field of its observation changed.
func changedFields(t *testing.T, r consensus.Report, other signing.Address) []mutant {
	t.Helper()
	change := func(f func(r *consensus.Report)) []byte {
		changed := r
		f(&changed)
		return changed.Encode()
	}
	near, err := dollars(market(time.Now()) + 500)
	if err != nil {
		t.Fatal(err)
	}
	return []mutant{
		{"another price", change(func(r *consensus.Report) { r.Observation.Price = near })},
		{"no price", change(func(r *consensus.Report) { r.Observation.Price = price.Price{} })},
		{"the round before", change(func(r *consensus.Report) { r.Observation.Round -= 20 })},
		{"the round after", change(func(r *consensus.Report) { r.Observation.Round += 20 })},
		{"a round that is none", change(func(r *consensus.Report) { r.Observation.Round++ })},
		{"round 0", change(func(r *consensus.Report) { r.Observation.Round = 0 })},
		{"the last round", change(func(r *consensus.Report) { r.Observation.Round = 1<<64 - 1 })},
		{"a millisecond later", change(func(r *consensus.Report) { r.Observation.ObservedAt++ })},
		{"observed never", change(func(r *consensus.Report) { r.Observation.ObservedAt = 0 })},
		{"another proposer", change(func(r *consensus.Report) { r.Observation.Proposer = other })},
		{"nobody's", change(func(r *consensus.Report) { r.Observation.Proposer = signing.Address{} })},
		{"another pair", change(func(r *consensus.Report) { r.Observation.Pair = "BTC-USD" })},
		{"no pair", change(func(r *consensus.Report) { r.Observation.Pair = "" })},
		{"another network", change(func(r *consensus.Report) { r.Network = "other" })},
		{"no network", change(func(r *consensus.Report) { r.Network = "" })},
	}
}

// changedAttestations returns the report with its attestations changed.
func changedAttestations(r consensus.Report) []mutant {
	change := func(f func(list []consensus.Attestation) []consensus.Attestation) []byte {
		other := r
		other.Attestations = f(slices.Clone(r.Attestations))
		return other.Encode()
	}
	mutants := []mutant{
		{"none", change(func([]consensus.Attestation) []consensus.Attestation { return nil })},
		{"the proposer's left out", change(func(list []consensus.Attestation) []consensus.Attestation { return list[1:] })},
		{"the last one twice", change(func(list []consensus.Attestation) []consensus.Attestation { return append(list, list[len(list)-1]) })},
		{"the first one twice", change(func(list []consensus.Attestation) []consensus.Attestation { return append(list, list[0]) })},
		{"over 1024", change(func(list []consensus.Attestation) []consensus.Attestation {
			return append(list, slices.Repeat(list[:1], 1024)...)
		})},
	}
	if len(r.Attestations) > 1 {
		mutants = append(mutants,
			mutant{"backwards", change(func(list []consensus.Attestation) []consensus.Attestation {
				slices.Reverse(list)
				return list
			})},
			mutant{"signatures exchanged", change(func(list []consensus.Attestation) []consensus.Attestation {
				list[0].Signature, list[1].Signature = list[1].Signature, list[0].Signature
				return list
			})},
			mutant{"signers exchanged", change(func(list []consensus.Attestation) []consensus.Attestation {
				list[0].Signer, list[1].Signer = list[1].Signer, list[0].Signer
				return list
			})})
	}
	for i := range r.Attestations {
		for at := range 3 { // in r, in s, and in v
			mutants = append(mutants, mutant{fmt.Sprint("signature ", i, " part ", at), change(
				func(list []consensus.Attestation) []consensus.Attestation {
					list[i].Signature[[]int{5, 40, 64}[at]] ^= 1
					return list
				})})
		}
		mutants = append(mutants, mutant{fmt.Sprint("signer ", i), change(
			func(list []consensus.Attestation) []consensus.Attestation { list[i].Signer[7] ^= 1; return list })})
	}
	return mutants
}
