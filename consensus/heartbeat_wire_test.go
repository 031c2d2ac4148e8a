package consensus_test

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

func TestHeartbeatOnTheWire(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := heartbeats().Draw(t, "heartbeat")
		b := h.Encode()
		if len(b) > 1500 {
			t.Fatalf("%d bytes", len(b)) // far below global.MaxHeartbeatBytes, so later versions have room
		}
		if back, err := consensus.DecodeHeartbeat(b); err != nil || !reflect.DeepEqual(back, h) {
			t.Fatalf("DecodeHeartbeat = %+v, %v; want %+v", back, err, h)
		}
	})
}

// goodHeartbeat returns a heartbeat with every detail, and its fields and those of its details.
func goodHeartbeat(t failer) (h consensus.Heartbeat, outer, inner []rawField) {
	t.Helper()
	h = sampleHeartbeat(t, fmt.Sprintf("%064x", 1), sampleRefused()...)
	outer = split(t, h.Encode())
	return h, outer, split(t, detailsOf(t, h.Encode()))
}

// refusedHeartbeat checks that a message is no heartbeat.
func refusedHeartbeat(t *testing.T, name string, message []byte, want error) {
	t.Helper()
	h, err := consensus.DecodeHeartbeat(message)
	if !errors.Is(err, want) || !reflect.DeepEqual(h, consensus.Heartbeat{}) {
		t.Errorf("%s: DecodeHeartbeat = %+v, %v; want %v", name, h, err, want)
	}
}

// with returns the message with other details.
func withDetails(outer []rawField, inner []rawField) []byte {
	changed := slices.Clone(outer)
	changed[5] = bytesField(6, join(inner))
	return join(changed)
}

func TestHeartbeatFields(t *testing.T) {
	t.Parallel()
	h, outer, inner := goodHeartbeat(t)
	if len(outer) != 7 || len(inner) != 14 {
		t.Fatalf("%d and %d fields", len(outer), len(inner))
	}
	for i, f := range outer {
		refusedHeartbeat(t, fmt.Sprint("without ", f.number), join(slices.Delete(slices.Clone(outer), i, i+1)), global.ErrMalformed)
		refusedHeartbeat(t, fmt.Sprint("twice ", f.number), join(append(slices.Clone(outer), f)), global.ErrMalformed)
		for kind, wrong := range everyType(f.number) {
			changed := slices.Clone(outer)
			changed[i] = wrong
			if isNumber := f.number >= 3 && f.number <= 5; kind != "varint" && isNumber || kind != "bytes" && !isNumber {
				refusedHeartbeat(t, fmt.Sprintf("field %d as %s", f.number, kind), join(changed), global.ErrMalformed)
			}
		}
	}
	for i, f := range inner {
		without := withDetails(outer, slices.Delete(slices.Clone(inner), i, i+1))
		if archive := f.number == 4 || f.number == 5; archive {
			refusedHeartbeat(t, "half an archive", without, global.ErrMalformed)
		} else if _, err := consensus.DecodeHeartbeat(without); err != nil {
			t.Errorf("without detail %d: %v", f.number, err)
		}
		refusedHeartbeat(t, fmt.Sprint("detail twice ", f.number), withDetails(outer, append(slices.Clone(inner), f)), global.ErrMalformed)
		for kind, wrong := range everyType(f.number) {
			changed := slices.Clone(inner)
			changed[i] = wrong
			if kind == "fixed32" || kind == "fixed64" || kind == "group" {
				refusedHeartbeat(t, fmt.Sprintf("detail %d as %s", f.number, kind), withDetails(outer, changed), global.ErrMalformed)
			}
		}
	}
	for i := range len(h.Encode()) {
		refusedHeartbeat(t, fmt.Sprint("cut at ", i), h.Encode()[:i], global.ErrMalformed)
	}
	refusedHeartbeat(t, "too long", join(append(outer, bytesField(99, make([]byte, global.MaxHeartbeatBytes)))), global.ErrMalformed)
}

func TestHeartbeatContent(t *testing.T) {
	t.Parallel()
	_, outer, inner := goodHeartbeat(t)
	highS := bytes.Repeat([]byte{0xff}, 65)
	for name, c := range map[string]struct {
		field rawField
		want  error
	}{
		"long network":      {bytesField(1, make([]byte, 33)), global.ErrMalformed},
		"signer of 19":      {bytesField(2, make([]byte, 19)), global.ErrMalformed},
		"no start":          {varintField(3, 0), global.ErrMalformed},
		"start too late":    {varintField(3, lastMillis+1), global.ErrMalformed},
		"sequence 0":        {varintField(4, 0), global.ErrMalformed},
		"no clock":          {varintField(5, 0), global.ErrMalformed},
		"clock too late":    {varintField(5, lastMillis+1), global.ErrMalformed},
		"no details":        {bytesField(6, []byte("?")), global.ErrMalformed},
		"a form of its own": {bytesField(7, highS), global.ErrSignature},
		"short signature":   {bytesField(7, make([]byte, 64)), global.ErrMalformed},
	} {
		changed := slices.Clone(outer)
		changed[c.field.number-1] = c.field
		refusedHeartbeat(t, name, join(changed), c.want)
	}
	for name, field := range map[string]rawField{
		"long version":        bytesField(1, []byte(strings.Repeat("v", 65))),
		"version with colour": bytesField(1, []byte("\x1b[31mv1")),
		"version in UTF-8":    bytesField(1, []byte("vé")),
		"store with a line":   bytesField(3, []byte("a\nb")),
		"settings too long":   bytesField(2, varintField(1, 1<<40).bytes),
		"roster of 7":         bytesField(2, bytesField(9, make([]byte, 7)).bytes),
		"archive round 0":     varintField(4, 0),
		"archive too late":    varintField(4, lastRound+1),
		"archive of 31":       bytesField(5, make([]byte, 31)),
		"backlog too old":     varintField(7, 1<<62),
		"row too late":        varintField(8, lastRound+1),
		"1025 members":        bytesField(12, make([]byte, 129)),
		"received too late":   bytesField(13, varintField(1, lastRound+1).bytes),
		"many rounds":         bytesField(13, varintField(2, 65536).bytes),
		"first beyond":        bytesField(13, varintField(3, 1024).bytes),
		"257 counts":          bytesField(13, bytesField(4, make([]byte, 257)).bytes),
		"count of 17 bits":    bytesField(13, bytesField(4, protowire.AppendVarint(nil, 65536)).bytes),
		"half a count":        bytesField(13, bytesField(4, []byte{0x80}).bytes),
		"half a refusal":      bytesField(14, make([]byte, 10)),
		"17 refusals":         bytesField(14, make([]byte, 17*9)),
	} {
		changed := slices.Clone(inner)
		changed[field.number-1] = field
		refusedHeartbeat(t, name, withDetails(outer, changed), global.ErrMalformed)
	}
}

// The number of a reason is never used again for another one: nodes of all versions read it.
func TestHeartbeatReasons(t *testing.T) {
	t.Parallel()
	numbers := map[byte]consensus.Refusal{
		0: consensus.RefusedUnknown, 1: consensus.RefusedDeviation, 2: consensus.RefusedNoPrice, 3: consensus.RefusedDoubleSign,
		4: consensus.RefusedEquivocation, 5: consensus.RefusedBanned, 6: consensus.RefusedClock, 7: consensus.RefusedUnknown, 255: consensus.RefusedUnknown,
	}
	_, outer, inner := goodHeartbeat(t)
	for number, want := range numbers {
		inner[13] = bytesField(14, []byte{1, 2, 3, 4, 5, 6, 7, 8, number})
		h, err := consensus.DecodeHeartbeat(withDetails(outer, inner))
		told := []consensus.RefusedPrice{{ID: consensus.ShortID{1, 2, 3, 4, 5, 6, 7, 8}, Reason: want}}
		if err != nil || !reflect.DeepEqual(h.Details.Refused, told) {
			t.Errorf("%d: %v, %v", number, h.Details.Refused, err)
		}
	}
	if len(numbers) != len(consensus.Refusals())+3 {
		t.Errorf("%d reasons", len(consensus.Refusals()))
	}
}

// A later version may add fields anywhere. Those of the details count for the signature, so they can't be added or taken
// away on the way.
func TestHeartbeatOfLaterVersion(t *testing.T) {
	t.Parallel()
	h, outer, inner := goodHeartbeat(t)
	domain := signing.NewDomain(h.Network)
	for _, number := range []protowire.Number{15, 31, 32, 1000} {
		for kind, field := range everyType(number) {
			got, err := consensus.DecodeHeartbeat(join(append([]rawField{field, field}, outer...)))
			if err != nil || !reflect.DeepEqual(got, h) {
				t.Fatalf("%s %d before the fields: %v", kind, number, err)
			}
			got, err = consensus.DecodeHeartbeat(withDetails(outer, append([]rawField{field, field}, inner...)))
			if err != nil || !reflect.DeepEqual(got.Details, h.Details) {
				t.Fatalf("%s %d in the details: %v", kind, number, err)
			}
			if got.Digest(domain) == h.Digest(domain) {
				t.Fatalf("%s %d in the details does not count for the signature", kind, number)
			}
			if again, err := consensus.DecodeHeartbeat(got.Encode()); err != nil || !reflect.DeepEqual(again, got) {
				t.Fatalf("%s %d in the details is lost: %v", kind, number, err)
			}
		}
	}
}

// checkDecodeHeartbeat checks what holds for any bytes at all.
func checkDecodeHeartbeat(t *testing.T, b []byte) {
	t.Helper()
	h, err := consensus.DecodeHeartbeat(b)
	if err != nil {
		if !errors.Is(err, global.ErrMalformed) && !errors.Is(err, global.ErrSignature) {
			t.Fatalf("DecodeHeartbeat(%x) = %v", b, err)
		}
		return
	}
	encoded := h.Encode()
	if again, err := consensus.DecodeHeartbeat(encoded); err != nil || !reflect.DeepEqual(again, h) {
		t.Fatalf("DecodeHeartbeat(%x) = %+v, written and read again = %+v, %v", b, h, again, err)
	}
	if len(encoded) > len(b) {
		t.Fatalf("%d bytes became %d", len(b), len(encoded))
	}
}

func TestHeartbeatMutations(t *testing.T) {
	t.Parallel()
	h, _, _ := goodHeartbeat(t)
	good := h.Encode()
	for i := range good {
		for bit := range 8 {
			changed := slices.Clone(good)
			changed[i] ^= 1 << bit
			checkDecodeHeartbeat(t, changed)
			got, err := consensus.DecodeHeartbeat(changed)
			if err == nil && signing.Verify(got.Digest(signing.NewDomain(network)), got.Signer, got.Signature) == nil && got.Network == network {
				t.Fatalf("bit %d of byte %d changed, and the signature is still good", bit, i)
			}
		}
	}
}

func FuzzDecodeHeartbeat(f *testing.F) {
	h, _, inner := goodHeartbeat(f)
	f.Add([]byte(nil))
	f.Add(h.Encode())
	f.Add(join(inner))
	for _, field := range everyType(6) {
		f.Add(append(h.Encode(), field.bytes...))
	}
	f.Fuzz(checkDecodeHeartbeat)
}
