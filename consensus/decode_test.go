package consensus_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/global"
)

// rawField is one field of a message as it stands on the wire.
type rawField struct {
	number protowire.Number
	bytes  []byte // with the tag
}

func split(t failer, message []byte) []rawField {
	t.Helper()
	var list []rawField
	for len(message) > 0 {
		number, _, n := protowire.ConsumeField(message)
		if n < 0 {
			t.Fatalf("split: %v", protowire.ParseError(n))
		}
		list = append(list, rawField{number, message[:n]})
		message = message[n:]
	}
	return list
}

func join(list []rawField) []byte {
	var b []byte
	for _, f := range list {
		b = append(b, f.bytes...)
	}
	return b
}

// bytesField and the other makers return a field with its tag.
func bytesField(number protowire.Number, value []byte) rawField {
	b := protowire.AppendTag(nil, number, protowire.BytesType)
	return rawField{number, protowire.AppendBytes(b, value)}
}

func varintField(number protowire.Number, value uint64) rawField {
	b := protowire.AppendTag(nil, number, protowire.VarintType)
	return rawField{number, protowire.AppendVarint(b, value)}
}

// everyType returns a field of one number in every wire type.
func everyType(number protowire.Number) map[string]rawField {
	tag := func(kind protowire.Type) []byte { return protowire.AppendTag(nil, number, kind) }
	group := append(tag(protowire.StartGroupType), varintField(1, 7).bytes...)
	group = append(group, bytesField(9, []byte("inside")).bytes...)
	return map[string]rawField{
		"varint":  varintField(number, 1<<63),
		"bytes":   bytesField(number, []byte("new")),
		"fixed32": {number, protowire.AppendFixed32(tag(protowire.Fixed32Type), 7)},
		"fixed64": {number, protowire.AppendFixed64(tag(protowire.Fixed64Type), 7)},
		"group":   {number, append(group, tag(protowire.EndGroupType)...)},
	}
}

// refused checks that a message is not a report.
func refused(t *testing.T, name string, message []byte, want error) {
	t.Helper()
	r, err := consensus.DecodeReport(message)
	if !errors.Is(err, want) || !reflect.DeepEqual(r, consensus.Report{}) {
		t.Errorf("%s: DecodeReport = %+v, %v; want %v", name, r, err, want)
	}
}

func goodReport(t failer) consensus.Report {
	t.Helper()
	w := newWorld(t, 4)
	return w.report(w.observation(0), 0, 1, 2)
}

func TestEveryFieldIsNeededOnce(t *testing.T) {
	t.Parallel()
	list := split(t, goodReport(t).Encode())
	for i, f := range list {
		without := slices.DeleteFunc(slices.Clone(list), func(other rawField) bool { return other.number == f.number })
		refused(t, fmt.Sprint("without ", f.number), join(without), global.ErrMalformed)
		twice := append(slices.Clone(list), list[i])
		refused(t, fmt.Sprint("twice ", f.number), join(twice), global.ErrMalformed)
		refused(t, fmt.Sprint("twice in a row ", f.number), join(slices.Insert(slices.Clone(list), i, f)), global.ErrMalformed)
	}
	refused(t, "nothing", nil, global.ErrMalformed)
}

func TestWrongTypes(t *testing.T) {
	t.Parallel()
	list := split(t, goodReport(t).Encode())
	for i, f := range list {
		right := "bytes"
		if f.number == 4 || f.number == 5 {
			right = "varint"
		}
		for kind, wrong := range everyType(f.number) {
			changed := slices.Clone(list)
			changed[i] = wrong
			if kind != right {
				refused(t, fmt.Sprintf("field %d as %s", f.number, kind), join(changed), global.ErrMalformed)
			}
		}
	}
}

func TestWrongContent(t *testing.T) {
	t.Parallel()
	list := split(t, goodReport(t).Encode())
	for _, c := range []struct {
		name  string
		field rawField
	}{
		{"long network", bytesField(1, make([]byte, 33))},
		{"no pair", bytesField(2, nil)},
		{"lower-case pair", bytesField(2, []byte("eth-usd"))},
		{"long pair", bytesField(2, []byte("ABCDEFGHIJKLM-USD"))},
		{"huge pair", bytesField(2, make([]byte, 1000))},
		{"no price", bytesField(3, nil)},
		{"price of zero", bytesField(3, []byte{0})},
		{"price with a leading zero", bytesField(3, []byte{0, 1})},
		{"price of 17 bytes", bytesField(3, append([]byte{1}, make([]byte, 16)...))},
		{"price of 10^38 and more", bytesField(3, slices.Repeat([]byte{255}, 16))},
		{"round 0", varintField(4, 0)},
		{"round in year 10000", varintField(4, lastRound+1)},
		{"round negative", varintField(4, 1<<64-1)},
		{"observed at 0", varintField(5, 0)},
		{"observed in year 10000", varintField(5, lastMillis+1)},
		{"observed at 2^62", varintField(5, 1<<62)},
		{"proposer of 19 bytes", bytesField(6, make([]byte, 19))},
		{"proposer of 21 bytes", bytesField(6, make([]byte, 21))},
		{"no proposer", bytesField(6, nil)},
		{"another proposer", bytesField(6, make([]byte, 20))},
	} {
		changed := slices.Clone(list)
		changed[c.field.number-1] = c.field
		refused(t, c.name, join(changed), global.ErrMalformed)
	}
	for name, field := range map[string]rawField{"round": varintField(4, lastRound), "observed at": varintField(5, lastMillis)} {
		changed := slices.Clone(list)
		changed[field.number-1] = field
		if _, err := consensus.DecodeReport(join(changed)); err != nil {
			t.Errorf("the last %s: %v", name, err)
		}
	}
}

// TestUnknownFieldsAreSkipped puts fields of later versions everywhere, once and repeated.
func TestUnknownFieldsAreSkipped(t *testing.T) {
	t.Parallel()
	want := goodReport(t)
	list := split(t, want.Encode())
	for _, number := range []protowire.Number{8, 15, 31, 32, 1000, protowire.MaxValidNumber} {
		for kind, field := range everyType(number) {
			for i := range len(list) + 1 {
				got, err := consensus.DecodeReport(join(slices.Insert(slices.Clone(list), i, field, field)))
				if err != nil || !reflect.DeepEqual(got, want) {
					t.Fatalf("unknown %s %d before field %d: %v", kind, number, i, err)
				}
			}
			changed := slices.Clone(list)
			changed[6] = bytesField(7, append(attestationOf(list[6]), slices.Repeat(field.bytes, 2)...))
			if got, err := consensus.DecodeReport(join(changed)); err != nil || !reflect.DeepEqual(got, want) {
				t.Fatalf("unknown %s %d in an attestation: %v", kind, number, err)
			}
		}
	}
}

// attestationOf returns the message inside a field of bytes.
func attestationOf(f rawField) []byte {
	_, _, n := protowire.ConsumeTag(f.bytes)
	inside, _ := protowire.ConsumeBytes(f.bytes[n:])
	return slices.Clone(inside)
}
