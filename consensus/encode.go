package consensus

import "google.golang.org/protobuf/encoding/protowire"

// The field numbers of the messages Report and Attestation (section 3.1). A number is never used again for another
// meaning.
const (
	fieldNetwork      = 1
	fieldPair         = 2
	fieldPrice        = 3
	fieldRound        = 4
	fieldObservedAt   = 5
	fieldProposer     = 6
	fieldAttestations = 7
	fieldAttempt      = 8

	fieldSigner    = 1
	fieldSignature = 2
)

// attestationBytes is the length of an encoded attestation: two tags, two lengths, 20 and 65 bytes.
const attestationBytes = 2 + 20 + 2 + 65

// Encode returns the report as a protobuf message Report. Equal reports have equal bytes.
func (r Report) Encode() []byte {
	o := r.Observation
	b := make([]byte, 0, 128+len(r.Attestations)*(attestationBytes+2))
	b = appendBytes(b, fieldNetwork, []byte(r.Network))
	b = appendBytes(b, fieldPair, []byte(o.Pair))
	b = appendBytes(b, fieldPrice, o.Price.Bytes())
	b = protowire.AppendTag(b, fieldRound, protowire.VarintType)
	b = protowire.AppendVarint(b, uint64(o.Round))
	b = protowire.AppendTag(b, fieldObservedAt, protowire.VarintType)
	b = protowire.AppendVarint(b, uint64(o.ObservedAt))
	b = appendBytes(b, fieldProposer, o.Proposer[:])
	for _, a := range r.Attestations {
		b = protowire.AppendTag(b, fieldAttestations, protowire.BytesType)
		b = protowire.AppendVarint(b, attestationBytes)
		b = appendBytes(b, fieldSigner, a.Signer[:])
		b = appendBytes(b, fieldSignature, a.Signature[:])
	}
	return b
}

// EncodeAgain returns the report with an attempt number that no reader looks at: gossip never sends the same bytes twice
// within two minutes, so a report that is to be sent again needs others (section 4).
func (r Report) EncodeAgain(attempt uint64) []byte {
	b := protowire.AppendTag(r.Encode(), fieldAttempt, protowire.VarintType)
	return protowire.AppendVarint(b, attempt)
}

func appendBytes(b []byte, field protowire.Number, value []byte) []byte {
	b = protowire.AppendTag(b, field, protowire.BytesType)
	return protowire.AppendBytes(b, value)
}
