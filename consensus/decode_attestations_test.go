package consensus_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

func TestAttestationFields(t *testing.T) {
	t.Parallel()
	r := goodReport(t)
	list := split(t, r.Encode())
	signer, signature := r.Attestations[0].Signer[:], r.Attestations[0].Signature[:]
	low := bytesField(2, append(slices.Clone(signature[:64]), 0))
	for name, c := range map[string]struct {
		fields []rawField
		want   error
	}{
		"no signer":             {[]rawField{bytesField(2, signature)}, global.ErrMalformed},
		"no signature":          {[]rawField{bytesField(1, signer)}, global.ErrMalformed},
		"empty":                 {nil, global.ErrMalformed},
		"two signers":           {[]rawField{bytesField(1, signer), bytesField(1, signer), bytesField(2, signature)}, global.ErrMalformed},
		"two signatures":        {[]rawField{bytesField(1, signer), bytesField(2, signature), bytesField(2, signature)}, global.ErrMalformed},
		"short signer":          {[]rawField{bytesField(1, signer[1:]), bytesField(2, signature)}, global.ErrMalformed},
		"long signer":           {[]rawField{bytesField(1, append([]byte{0}, signer...)), bytesField(2, signature)}, global.ErrMalformed},
		"short signature":       {[]rawField{bytesField(1, signer), bytesField(2, signature[:64])}, global.ErrMalformed},
		"long signature":        {[]rawField{bytesField(1, signer), bytesField(2, append([]byte{0}, signature...))}, global.ErrMalformed},
		"signer as varint":      {[]rawField{varintField(1, 1), bytesField(2, signature)}, global.ErrMalformed},
		"signature as varint":   {[]rawField{bytesField(1, signer), varintField(2, 1)}, global.ErrMalformed},
		"v of 0":                {[]rawField{bytesField(1, signer), low}, global.ErrSignature},
		"signature of zeros":    {[]rawField{bytesField(1, signer), bytesField(2, make([]byte, 65))}, global.ErrSignature},
		"truncated inside":      {[]rawField{bytesField(1, signer), {2, bytesField(2, signature).bytes[:60]}}, global.ErrMalformed},
		"tag of field 0 inside": {[]rawField{bytesField(1, signer), bytesField(2, signature), {0, []byte{0}}}, global.ErrMalformed},
	} {
		changed := slices.Clone(list)
		changed[6] = bytesField(7, join(c.fields))
		refused(t, name, join(changed), c.want)
	}
}

func TestOrderOfAttestations(t *testing.T) {
	t.Parallel()
	good := goodReport(t)
	for name, order := range map[string][]int{
		"proposer second": {1, 0, 2}, "proposer last": {1, 2, 0}, "others swapped": {0, 2, 1},
		"proposer twice": {0, 0, 1}, "proposer again at the end": {0, 1, 2, 0}, "signer twice": {0, 1, 1, 2},
		"no proposer": {1, 2}, "nobody": {},
	} {
		r := good
		r.Attestations = nil
		for _, i := range order {
			r.Attestations = append(r.Attestations, good.Attestations[i])
		}
		refused(t, name, r.Encode(), global.ErrMalformed)
	}
}

// TestLimits takes the largest report that a roster allows, and refuses more.
func TestLimits(t *testing.T) {
	t.Parallel()
	r := goodReport(t)
	signature := r.Attestations[0].Signature
	r.Observation.Proposer = signing.Address{}
	r.Attestations = nil
	for i := range global.MaxSigners {
		r.Attestations = append(r.Attestations, consensus.Attestation{
			Signer: signing.Address{18: byte(i >> 8), 19: byte(i)}, Signature: signature,
		})
	}
	largest := r.Encode()
	if got, err := consensus.DecodeReport(largest); err != nil || !reflect.DeepEqual(got, r) {
		t.Errorf("%d attestations in %d bytes: %v", global.MaxSigners, len(largest), err)
	}
	padding := global.MaxReportBytes - len(largest) - len(bytesField(8, make([]byte, 1000)).bytes) + 1000
	full := slices.Concat(largest, bytesField(8, make([]byte, padding)).bytes)
	if _, err := consensus.DecodeReport(full); err != nil || len(full) != global.MaxReportBytes {
		t.Errorf("%d bytes: %v", len(full), err)
	}
	refused(t, "a byte too many", append(full[:len(full)-padding-3], bytesField(8, make([]byte, padding+1)).bytes...),
		global.ErrMalformed)
	r.Attestations = append(r.Attestations, consensus.Attestation{Signer: signing.Address{0: 1}, Signature: signature})
	refused(t, "an attestation too many", r.Encode(), global.ErrMalformed)
}

func TestTruncation(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	b := w.report(w.observation(0), 0).Encode()
	for n := range b {
		refused(t, fmt.Sprintf("%d of %d bytes", n, len(b)), b[:n], global.ErrMalformed)
	}
}

func TestBrokenWire(t *testing.T) {
	t.Parallel()
	good := goodReport(t).Encode()
	for name, more := range map[string][]byte{
		"group never ended":   protowire.AppendTag(nil, 8, protowire.StartGroupType),
		"group only ended":    protowire.AppendTag(nil, 8, protowire.EndGroupType),
		"group ended as 9":    {8<<3 | 3, 9<<3 | 4},
		"wire type 6":         {8<<3 | 6},
		"wire type 7":         {8<<3 | 7},
		"field 0":             {0, 0},
		"varint of 11 bytes":  append([]byte{8 << 3}, slices.Repeat([]byte{0x80}, 10)...),
		"length beyond end":   {8<<3 | 2, 5, 1},
		"length of 2^63":      append([]byte{8<<3 | 2}, protowire.AppendVarint(nil, 1<<63)...),
		"groups without end":  slices.Repeat([]byte{8<<3 | 3}, 50_000),
		"number beyond 2^29":  protowire.AppendVarint(nil, 1<<32),
		"tag without content": {8 << 3},
	} {
		refused(t, name, slices.Concat(good, more), global.ErrMalformed)
		refused(t, name, slices.Concat(more, good), global.ErrMalformed)
	}
}

// TestMutations changes every byte in several ways: nothing panics, and what is taken is read the same again.
func TestMutations(t *testing.T) {
	t.Parallel()
	good := goodReport(t).Encode()
	for i := range good {
		for _, flip := range []byte{1, 2, 4, 8, 16, 32, 64, 128, 255} {
			changed := slices.Clone(good)
			changed[i] ^= flip
			checkDecode(t, changed)
		}
	}
}

// checkDecode checks what holds for any bytes at all.
func checkDecode(t *testing.T, b []byte) {
	t.Helper()
	r, err := consensus.DecodeReport(b)
	if err != nil {
		if !errors.Is(err, global.ErrMalformed) && !errors.Is(err, global.ErrSignature) {
			t.Fatalf("DecodeReport(%x) = %v", b, err)
		}
		return
	}
	encoded := r.Encode()
	if again, err := consensus.DecodeReport(encoded); err != nil || !reflect.DeepEqual(again, r) {
		t.Fatalf("DecodeReport(%x) = %+v, written and read again = %+v, %v", b, r, again, err)
	}
	if len(encoded) > len(b) {
		t.Fatalf("%d bytes became %d", len(b), len(encoded))
	}
}

func FuzzDecodeReport(f *testing.F) {
	good := goodReport(f)
	w := newWorld(f, 1)
	f.Add([]byte(nil))
	f.Add(good.Encode())
	f.Add(w.report(w.observation(0), 0).Encode())
	for _, number := range []protowire.Number{7, 8, 40} {
		for _, field := range everyType(number) {
			f.Add(append(good.Encode(), field.bytes...))
		}
	}
	f.Fuzz(checkDecode)
}
