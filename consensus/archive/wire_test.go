package archive_test

import (
	"bytes"
	"errors"
	"reflect"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/archive"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

func TestWire(t *testing.T) {
	t.Parallel()
	for _, r := range []archive.Request{
		{Interval: 10, Live: true},
		{Interval: 10, Span: span(3), Buckets: []archive.Bucket{{"A-B", 1, 7}, {"A-B", 5, 1 << 40}}},
		{Interval: 10, Rounds: []archive.Round{{"A-B", first}}},
		{Interval: 10, IDs: []signing.Digest{{2}, {1}}},
		{Interval: 10},
	} {
		later := protowire.AppendVarint(protowire.AppendTag(r.Encode(), 99, protowire.VarintType), 1)
		if read, err := archive.DecodeRequest(later); err != nil || !reflect.DeepEqual(read, r) {
			t.Errorf("%+v became %+v, %v", r, read, err)
		}
	}
	r := archive.Response{
		Buckets: []archive.Children{{}, {Mask: 0x8001, Fingerprints: []archive.Fingerprint{{1}, {2}}}},
		Rounds:  [][]signing.Digest{nil, {{1}, {2}}},
		Reports: [][]byte{[]byte("x"), {}},
	}
	if read, err := archive.DecodeResponse(r.Encode()); err != nil || !reflect.DeepEqual(read, r) {
		t.Errorf("%+v became %+v, %v", r, read, err)
	}
}

func TestWireRefuses(t *testing.T) {
	t.Parallel()
	many := archive.Request{Interval: 10, IDs: make([]signing.Digest, archive.MaxIDs+1)}
	for name, b := range map[string][]byte{
		"two things":    archive.Request{Interval: 10, Live: true, IDs: make([]signing.Digest, 1)}.Encode(),
		"no interval":   archive.Request{Live: true}.Encode(),
		"too many ids":  many.Encode(),
		"a wide bucket": archive.Request{Interval: 10, Buckets: []archive.Bucket{{"A-B", 6, 1}}}.Encode(),
		"level 0":       archive.Request{Interval: 10, Buckets: []archive.Bucket{{"A-B", 0, 1}}}.Encode(),
		"a far bucket":  archive.Request{Interval: 10, Buckets: []archive.Bucket{{"A-B", 1, 1<<40 + 1}}}.Encode(),
		"no pair":       archive.Request{Interval: 10, Rounds: []archive.Round{{"", 1}}}.Encode(),
		"a bad pair":    archive.Request{Interval: 10, Rounds: []archive.Round{{"a-b", 1}}}.Encode(),
		"a far round":   archive.Request{Interval: 10, Rounds: []archive.Round{{"A-B", consensus.Round(1<<40 + 1)}}}.Encode(),
		"cut":           {0x0a},
		"too long":      make([]byte, archive.MaxRequestBytes+1),
		"a short id":    protowire.AppendBytes(protowire.AppendTag([]byte{8, 10}, 6, protowire.BytesType), []byte("x")),
	} {
		if _, err := archive.DecodeRequest(b); !errors.Is(err, global.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	field := func(number protowire.Number, b []byte) []byte {
		return protowire.AppendBytes(protowire.AppendTag(nil, number, protowire.BytesType), b)
	}
	for name, b := range map[string][]byte{
		"fingerprints missing": field(1, []byte{0, 1}),
		"no mask":              field(1, []byte{0}),
		"ids out of order":     field(2, append(bytes.Repeat([]byte{1}, 32), make([]byte, 32)...)),
		"half an id":           field(2, make([]byte, 16)),
		"a long report":        field(3, make([]byte, global.MaxReportBytes+1)),
		"another type":         {8, 1},
		"too long":             make([]byte, archive.MaxResponseBytes+1),
	} {
		if _, err := archive.DecodeResponse(b); !errors.Is(err, global.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzWire(f *testing.F) {
	f.Add(archive.Request{Interval: 10, Buckets: []archive.Bucket{{"A-B", 1, 7}}}.Encode())
	f.Add(archive.Response{Rounds: [][]signing.Digest{{{1}}}}.Encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, err := archive.DecodeRequest(b); err == nil {
			if again, err := archive.DecodeRequest(r.Encode()); err != nil || !reflect.DeepEqual(again, r) {
				t.Errorf("%+v became %+v, %v", r, again, err)
			}
			if response, err := full(64).Answer(r); err == nil && len(response.Encode()) > archive.MaxResponseBytes {
				t.Error("an answer is too long")
			}
		}
		if r, err := archive.DecodeResponse(b); err == nil {
			if again, err := archive.DecodeResponse(r.Encode()); err != nil || !reflect.DeepEqual(again, r) {
				t.Errorf("%+v became %+v, %v", r, again, err)
			}
		}
	})
}
