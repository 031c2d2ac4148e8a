package consensus

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/global/price"
)

// DecodeReport reads a protobuf message Report of at most global.MaxReportBytes. It is strict: every field once, right
// types and lengths, attestations in their order, signatures in their one form. Only unknown fields are skipped, so
// that later versions can add some. It verifies no signature. Errors wrap global.ErrMalformed or global.ErrSignature.
func DecodeReport(b []byte) (Report, error) {
	if len(b) > global.MaxReportBytes {
		return Report{}, fmt.Errorf("decode report: %w: %d bytes", global.ErrMalformed, len(b))
	}
	r, err := decodeReport(b)
	if err != nil {
		return Report{}, fmt.Errorf("decode report: %w", err)
	}
	return r, nil
}

func decodeReport(b []byte) (Report, error) {
	r := Report{Attestations: make([]Attestation, 0, len(b)/attestationBytes)} // a report of this length has no more
	o := &r.Observation
	seen, err := fields(b, func(f field) error {
		var err error
		switch f.number {
		case fieldNetwork:
			r.Network, err = f.text()
		case fieldPair:
			var pair string
			pair, err = f.text()
			o.Pair = price.Pair(pair)
		case fieldPrice:
			o.Price, err = f.price()
		case fieldRound:
			err = f.uint((*uint64)(&o.Round))
		case fieldObservedAt:
			err = f.uint((*uint64)(&o.ObservedAt))
		case fieldProposer:
			err = f.fixed(o.Proposer[:])
		case fieldAttestations:
			if len(r.Attestations) == global.MaxSigners {
				return fmt.Errorf("%w: over %d attestations", global.ErrMalformed, global.MaxSigners)
			}
			var a Attestation
			a, err = f.attestation()
			r.Attestations = append(r.Attestations, a)
		}
		return err
	}, reportOnce)
	if err != nil {
		return Report{}, err
	}
	if want := reportOnce | 1<<fieldAttestations; seen&want != want {
		return Report{}, fmt.Errorf("%w: a field is missing", global.ErrMalformed)
	}
	if err := o.check(); err != nil {
		return Report{}, err
	}
	return r, checkAttestations(r.Attestations, o.Proposer)
}

// field is one field of a message as it stands on the wire.
type field struct {
	number protowire.Number
	kind   protowire.Type
	bytes  []byte
	varint uint64
}

// fieldSet has bit n set for field n, at most 31.
type fieldSet uint32

// The fields that a message has exactly once.
const (
	reportOnce fieldSet = 1<<fieldNetwork | 1<<fieldPair | 1<<fieldPrice | 1<<fieldRound | 1<<fieldObservedAt |
		1<<fieldProposer
	attestationOnce fieldSet = 1<<fieldSigner | 1<<fieldSignature
)

// fields calls take for each field of a message, refuses those of once that come twice, and tells which were there. An
// unknown field may come as often as it likes: a later version may repeat it.
func fields(b []byte, take func(field) error, once fieldSet) (fieldSet, error) {
	var seen fieldSet
	for len(b) > 0 {
		number, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			return 0, fmt.Errorf("%w: %w", global.ErrMalformed, protowire.ParseError(n))
		}
		f := field{number: number, kind: kind}
		value := b[n:]
		switch kind {
		case protowire.VarintType:
			f.varint, n = protowire.ConsumeVarint(value)
		case protowire.BytesType:
			f.bytes, n = protowire.ConsumeBytes(value)
		default:
			n = protowire.ConsumeFieldValue(number, kind, value)
		}
		if n < 0 {
			return 0, fmt.Errorf("%w: field %d: %w", global.ErrMalformed, number, protowire.ParseError(n))
		}
		b = value[n:]
		if number <= 31 {
			if seen&once&(1<<number) != 0 {
				return 0, fmt.Errorf("%w: field %d comes twice", global.ErrMalformed, number)
			}
			seen |= 1 << number
		}
		if err := take(f); err != nil {
			return 0, fmt.Errorf("field %d: %w", number, err)
		}
	}
	return seen, nil
}

func (f field) raw() ([]byte, error) {
	if f.kind != protowire.BytesType {
		return nil, fmt.Errorf("%w: wire type %d, want bytes", global.ErrMalformed, f.kind)
	}
	return f.bytes, nil
}

// maxText bounds a network's or pair's name; their own rules are stricter.
const maxText = 32

func (f field) text() (string, error) {
	b, err := f.raw()
	if err == nil && len(b) > maxText {
		err = fmt.Errorf("%w: %d bytes of text, at most %d", global.ErrMalformed, len(b), maxText)
	}
	if err != nil {
		return "", err
	}
	return string(b), nil
}

func (f field) uint(dst *uint64) error {
	if f.kind != protowire.VarintType {
		return fmt.Errorf("%w: wire type %d, want varint", global.ErrMalformed, f.kind)
	}
	*dst = f.varint
	return nil
}

func (f field) fixed(dst []byte) error {
	b, err := f.raw()
	if err == nil && len(b) != len(dst) {
		err = fmt.Errorf("%w: %d bytes, want %d", global.ErrMalformed, len(b), len(dst))
	}
	copy(dst, b)
	return err
}

func (f field) price() (price.Price, error) {
	b, err := f.raw()
	if err != nil {
		return price.Price{}, err
	}
	return price.FromBytes(b)
}

func (f field) attestation() (Attestation, error) {
	b, err := f.raw()
	if err != nil {
		return Attestation{}, err
	}
	var a Attestation
	seen, err := fields(b, func(f field) error {
		switch f.number {
		case fieldSigner:
			return f.fixed(a.Signer[:])
		case fieldSignature:
			b, err := f.raw()
			if err == nil {
				a.Signature, err = signing.SignatureFromBytes(b)
			}
			return err
		}
		return nil
	}, attestationOnce)
	if err == nil && seen&attestationOnce != attestationOnce {
		err = fmt.Errorf("%w: a field is missing", global.ErrMalformed)
	}
	return a, err
}
