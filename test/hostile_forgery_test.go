package test_test

import (
	"slices"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/crypto"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// Signatures in the name of members that gave none: no such price enters, and the place of the proposer whose name was
// taken stays free for itself.
func TestHostileForgedSigners(t *testing.T) { //nolint:paralleltest // see simulate
	for _, by := range []who{stranger, member} { //nolint:paralleltest // see simulate
		t.Run(by.String(), func(t *testing.T) {
			besiege(t, by, func(t *testing.T, s *siege) {
				own, network := makeKey(t, strangerHost), s.settings.Network
				if s.bad != nil {
					own = s.bad.key
				}
				victim := s.honest[0].key
				// In the last seconds of a round the next one may be proposed for already: clocks differ.
				next := s.nextRound() + consensus.Round(s.settings.FetchPriceInterval/time.Second)
				pass(time.Until(next.Start().Add(-2 * time.Second)))
				theirs := observation(t, victim, next, 0)
				inTheirName := []consensus.Report{
					assemble(network, theirs, claim(t, network, theirs, victim.Address(), own)),
					assemble(network, theirs, claim(t, network, theirs, victim.Address(), own), attest(t, network, theirs, own)),
				}
				mine := observation(t, own, next, 500)
				byMe := assemble(network, mine, attest(t, network, mine, own),
					claim(t, network, mine, s.honest[0].key.Address(), own),
					claim(t, network, mine, s.honest[1].key.Address(), own))
				for _, r := range append(inTheirName, byMe) {
					s.tell(r.Encode())
				}
				s.disguise()
				invented := observation(t, makeKey(t, 200), next, 0)
				s.tell(assemble(network, invented, attest(t, network, invented, makeKey(t, 200)),
					attest(t, network, invented, makeKey(t, 201)), attest(t, network, invented, makeKey(t, 202))).Encode())
				pass(10 * time.Second)
				s.expectUntouched()
			})
		})
	}
}

// Signatures in every form but the one that the protocol takes, by a member for an honest price of its own: none enters,
// and none keeps the right one from entering afterwards.
func TestHostileSignatureForms(t *testing.T) { //nolint:paralleltest // see simulate
	besiege(t, member, func(t *testing.T, s *siege) {
		round := s.nextRound()
		pass(5 * time.Second)
		network := s.settings.Network
		o := observation(t, s.bad.key, round, 0)
		right := assemble(network, o, attest(t, network, o, s.bad.key))
		for i, signature := range wrongForms(right.Attestations[0].Signature, attest(t, "other", o, s.bad.key).Signature) {
			if i > 0 && i%honestBound == 0 {
				s.disguise()
			}
			s.tell(withSignature(right, signature))
		}
		s.disguise()
		foreign := assemble("other", o, attest(t, "other", o, s.bad.key))
		s.tell(foreign.Encode())
		s.expectUntouched()
		s.disguise()
		s.bad.pretend(o)
		s.tell(right.Encode())
		s.settle()
		if row := s.expectOneRow(round); len(row.SignData) > 0 && row.SignData[0] != right.Attestations[0] {
			t.Errorf("the row has the signature %s, want %s", row.SignData[0].Signature, right.Attestations[0].Signature)
		}
	})
}

// wrongForms returns what is not quite the right signature; foreign is one of the same key for another network.
func wrongForms(right, foreign signing.Signature) [][]byte {
	zero, order := make([]byte, 32), crypto.S256().Params().N.FillBytes(make([]byte, 32))
	r, s := right[:32], right[32:64]
	high := highS(right)
	swapped := slices.Concat(right[:64], []byte{right[64] ^ 27 ^ 28})
	forms := [][]byte{
		high[:], swapped, foreign[:],
		{},
		right[:64], slices.Concat(right[:], []byte{0}), right[1:],
		slices.Concat(s, r, right[64:]), slices.Concat(zero, s, right[64:]), slices.Concat(r, zero, right[64:]),
		slices.Concat(order, s, right[64:]), slices.Concat(r, order, right[64:]), make([]byte, 65),
		slices.Concat(s, right[64:], r),
	}
	for _, v := range []byte{0, 1, 26, 29, 30, 31, 35, 36, 127, 128, 255} {
		forms = append(forms, slices.Concat(right[:64], []byte{v}))
	}
	return forms
}

// withSignature encodes a report of one attestation with any bytes for its signature.
func withSignature(r consensus.Report, signature []byte) []byte {
	signer := r.Attestations[0].Signer
	a := protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), signer[:])
	a = protowire.AppendBytes(protowire.AppendTag(a, 2, protowire.BytesType), signature)
	r.Attestations = nil
	return protowire.AppendBytes(protowire.AppendTag(r.Encode(), 7, protowire.BytesType), a)
}
