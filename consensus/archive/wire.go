package archive

import (
	"encoding/binary"
	"fmt"
	"math/bits"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/gossip-price/gossip-price/global"
)

const (
	// maxNested bounds the small messages and names inside a request.
	maxNested = 64
	// maxIndex bounds rounds and the indexes of buckets: beyond the year 9999 by far, and nothing computed from them
	// overflows.
	maxIndex = 1 << 40
)

// field is one field of a message as it stands on the wire.
type field struct {
	number protowire.Number
	kind   protowire.Type
	value  []byte
}

// fields calls take for each field of a message.
func fields(b []byte, take func(field) error) error {
	for len(b) > 0 {
		number, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			return fmt.Errorf("%w: %w", global.ErrMalformed, protowire.ParseError(n))
		}
		size := protowire.ConsumeFieldValue(number, kind, b[n:])
		if size < 0 {
			return fmt.Errorf("%w: field %d: %w", global.ErrMalformed, number, protowire.ParseError(size))
		}
		if err := take(field{number, kind, b[n : n+size]}); err != nil {
			return fmt.Errorf("field %d: %w", number, err)
		}
		b = b[n+size:]
	}
	return nil
}

func (f field) uint() (uint64, error) {
	if f.kind != protowire.VarintType {
		return 0, fmt.Errorf("%w: wire type %d, want varint", global.ErrMalformed, f.kind)
	}
	v, _ := protowire.ConsumeVarint(f.value)
	return v, nil
}

// raw returns the field's bytes, at most so many.
func (f field) raw(most int) ([]byte, error) {
	if f.kind != protowire.BytesType {
		return nil, fmt.Errorf("%w: wire type %d, want bytes", global.ErrMalformed, f.kind)
	}
	b, _ := protowire.ConsumeBytes(f.value)
	if len(b) > most {
		return nil, fmt.Errorf("%w: %d bytes, at most %d", global.ErrMalformed, len(b), most)
	}
	return b, nil
}

// childrenOf reads a mask and the fingerprints that it says are there.
func childrenOf(b []byte) (Children, error) {
	const size = len(Fingerprint{})
	if len(b) < 2 || len(b) != 2+size*bits.OnesCount16(binary.BigEndian.Uint16(b)) {
		return Children{}, fmt.Errorf("%w: fingerprints of %d bytes", global.ErrMalformed, len(b))
	}
	c := Children{Mask: binary.BigEndian.Uint16(b)}
	for b = b[2:]; len(b) > 0; b = b[size:] {
		c.Fingerprints = append(c.Fingerprints, Fingerprint(b[:size]))
	}
	return c, nil
}
