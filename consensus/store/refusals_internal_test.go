package store

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

// TestAfter: the ids from a prefix on, up to what comes after it, are those that begin with it.
func TestAfter(t *testing.T) {
	t.Parallel()
	edge := rapid.SampledFrom([]byte{0, 1, 0xfe, 0xff})
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.SliceOfN(edge, 32, 32).Draw(t, "id")
		prefix := rapid.SliceOfN(edge, 0, 3).Draw(t, "prefix")
		between := bytes.Compare(id, prefix) >= 0 && bytes.Compare(id, after(prefix)) < 0
		if between != bytes.HasPrefix(id, prefix) {
			t.Errorf("%x begins with %x: %t", id, prefix, !between)
		}
	})
}
