package archive

import (
	"encoding/binary"

	"google.golang.org/protobuf/encoding/protowire"
)

// The field numbers of the messages SyncRequest and SyncResponse (section 3.11). A number is never used again for another
// meaning.
const (
	fieldInterval = 1
	fieldFrom     = 2
	fieldUntil    = 3
	fieldBuckets  = 4
	fieldRounds   = 5
	fieldIDs      = 6
	fieldLive     = 7

	fieldPair  = 1
	fieldLevel = 2
	fieldIndex = 3
	fieldRound = 2

	fieldChildren = 1
	fieldHeld     = 2
	fieldReports  = 3
)

// Encode returns the request as a protobuf message SyncRequest.
func (r Request) Encode() []byte {
	b := appendUint(nil, fieldInterval, r.Interval)
	if r.Span != (Span{}) {
		b = appendUint(b, fieldFrom, uint64(r.Span.From))
		b = appendUint(b, fieldUntil, uint64(r.Span.Until))
	}
	for _, x := range r.Buckets {
		m := appendBytes(nil, fieldPair, []byte(x.Pair))
		b = appendBytes(b, fieldBuckets, appendUint(appendUint(m, fieldLevel, x.Level), fieldIndex, x.Index))
	}
	for _, x := range r.Rounds {
		b = appendBytes(b, fieldRounds, appendUint(appendBytes(nil, fieldPair, []byte(x.Pair)), fieldRound, uint64(x.Round)))
	}
	for _, id := range r.IDs {
		b = appendBytes(b, fieldIDs, id[:])
	}
	if r.Live {
		b = appendUint(b, fieldLive, 1)
	}
	return b
}

// Encode returns the response as a protobuf message SyncResponse.
func (r Response) Encode() []byte {
	var b []byte
	for _, c := range r.Buckets {
		m := binary.BigEndian.AppendUint16(make([]byte, 0, 2+fan*len(Fingerprint{})), c.Mask)
		for _, f := range c.Fingerprints {
			m = append(m, f[:]...)
		}
		b = appendBytes(b, fieldChildren, m)
	}
	for _, ids := range r.Rounds {
		var m []byte
		for _, id := range ids {
			m = append(m, id[:]...)
		}
		b = appendBytes(b, fieldHeld, m)
	}
	for _, report := range r.Reports {
		b = appendBytes(b, fieldReports, report)
	}
	return b
}

func appendUint(b []byte, field protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), v)
}

func appendBytes(b []byte, field protowire.Number, value []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), value)
}
