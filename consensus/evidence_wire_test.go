package consensus_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

func TestEvidenceOnTheWire(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := evidences().Draw(t, "evidence")
		b := e.Encode()
		if back, err := consensus.DecodeEvidence(b); err != nil || !reflect.DeepEqual(back, e) {
			t.Fatalf("DecodeEvidence = %+v, %v; want %+v", back, err, e)
		}
		if len(b) > 450 {
			t.Fatalf("%d bytes", len(b)) // as global.MaxEvidenceBytes has it
		}
	})
}

// refusedEvidence checks that a message is no evidence.
func refusedEvidence(t *testing.T, name string, message []byte, want error) {
	t.Helper()
	e, err := consensus.DecodeEvidence(message)
	if !errors.Is(err, want) || !reflect.DeepEqual(e, consensus.Evidence{}) {
		t.Errorf("%s: DecodeEvidence = %+v, %v; want %v", name, e, err, want)
	}
}

func TestEvidenceFields(t *testing.T) {
	t.Parallel()
	w, good := goodEvidence(t)
	first, second := bytesField(1, good.First.Encode()), bytesField(2, good.Second.Encode())
	form := good.Second
	form.Attestations = slices.Clone(form.Attestations)
	form.Attestations[0].Signature[64] -= 27
	for name, c := range map[string]struct {
		fields []rawField
		want   error
	}{
		"nothing":             {nil, global.ErrMalformed},
		"the first alone":     {[]rawField{first}, global.ErrMalformed},
		"the second alone":    {[]rawField{second}, global.ErrMalformed},
		"the first twice":     {[]rawField{first, first, second}, global.ErrMalformed},
		"the second twice":    {[]rawField{first, second, second}, global.ErrMalformed},
		"exchanged":           {[]rawField{bytesField(1, good.Second.Encode()), bytesField(2, good.First.Encode())}, global.ErrMalformed},
		"equal":               {[]rawField{first, bytesField(2, good.First.Encode())}, global.ErrMalformed},
		"an empty report":     {[]rawField{first, bytesField(2, nil)}, global.ErrMalformed},
		"no report":           {[]rawField{first, bytesField(2, []byte("no report"))}, global.ErrMalformed},
		"a number":            {[]rawField{first, varintField(2, 1)}, global.ErrMalformed},
		"with a co-signer":    {[]rawField{first, bytesField(2, w.report(good.Second.Observation, 0, 1).Encode())}, global.ErrMalformed},
		"a signature's form":  {[]rawField{first, bytesField(2, form.Encode())}, global.ErrSignature},
		"larger than allowed": {[]rawField{first, second, bytesField(9, make([]byte, global.MaxEvidenceBytes))}, global.ErrMalformed},
	} {
		refusedEvidence(t, name, join(c.fields), c.want)
	}
	for i := range len(good.Encode()) {
		refusedEvidence(t, fmt.Sprint("cut at ", i), good.Encode()[:i], global.ErrMalformed)
	}
	for _, number := range []protowire.Number{3, 31, 32, 1000} {
		for kind, more := range everyType(number) {
			got, err := consensus.DecodeEvidence(join([]rawField{more, first, more, more, second, more}))
			if err != nil || !reflect.DeepEqual(got, good) {
				t.Errorf("a later version's %s %d: %v", kind, number, err)
			}
		}
	}
}

// TestEvidenceMutations changes every byte in several ways.
func TestEvidenceMutations(t *testing.T) {
	t.Parallel()
	_, e := goodEvidence(t)
	good := e.Encode()
	for i := range good {
		for _, flip := range []byte{1, 2, 4, 8, 16, 32, 64, 128, 255} {
			changed := slices.Clone(good)
			changed[i] ^= flip
			checkDecodeEvidence(t, changed)
		}
	}
}

// checkDecodeEvidence checks what holds for any bytes at all.
func checkDecodeEvidence(t *testing.T, b []byte) {
	t.Helper()
	e, err := consensus.DecodeEvidence(b)
	if err != nil {
		if !errors.Is(err, global.ErrMalformed) && !errors.Is(err, global.ErrSignature) {
			t.Fatalf("DecodeEvidence(%x) = %v", b, err)
		}
		return
	}
	encoded := e.Encode()
	if again, err := consensus.DecodeEvidence(encoded); err != nil || !reflect.DeepEqual(again, e) {
		t.Fatalf("DecodeEvidence(%x) = %+v, written and read again = %+v, %v", b, e, again, err)
	}
	if len(encoded) > len(b) {
		t.Fatalf("%d bytes became %d", len(b), len(encoded))
	}
	if turned := consensus.NewEvidence(e.Second, e.First); !reflect.DeepEqual(turned, e) {
		t.Fatalf("%+v, put together again: %+v", e, turned)
	}
	if err := e.Verify(func(signing.Address) bool { return true }); err != nil && !errors.Is(err, global.ErrSignature) {
		t.Fatalf("%+v: %v", e, err)
	}
}

func FuzzDecodeEvidence(f *testing.F) {
	_, good := goodEvidence(f)
	f.Add([]byte(nil))
	f.Add(good.Encode())
	f.Add(good.First.Encode())
	f.Add(consensus.Evidence{First: good.Second, Second: good.First}.Encode())
	for _, field := range everyType(2) {
		f.Add(append(good.Encode(), field.bytes...))
	}
	f.Fuzz(checkDecodeEvidence)
}
