package archive

import "errors"

// ErrInterval is returned for a request of a node whose rounds have another length.
var ErrInterval = errors.New("rounds of another interval")

// frame is the most that a field's tag and length take.
const frame = 6

// Answer answers a request for buckets or rounds from what is held, as far as a response has room. Errors are ErrInterval.
func (t *Tree) Answer(r Request) (response Response, err error) {
	if r.Interval != uint64(t.step) {
		return Response{}, ErrInterval
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	span := t.indexes(r.Span)
	for _, b := range r.Buckets { // MaxBuckets of them fit
		response.Buckets = append(response.Buckets, t.children(bucket{b.Pair, int(b.Level), b.Index}, span))
	}
	room := MaxResponseBytes
	for _, l := range r.Rounds {
		ids := t.rounds[leaf{l.Pair, l.Round}]
		if room -= frame + len(ids)*32; room < 0 {
			break
		}
		response.Rounds = append(response.Rounds, append(ids[:0:0], ids...))
	}
	return response, nil
}

// children returns the fingerprints of a bucket's children. Called with mu held.
func (t *Tree) children(b bucket, span indexes) (c Children) {
	i := 0
	for child := range b.children() {
		if s := t.within(child, span); s.count > 0 {
			c.Mask |= 1 << i
			c.Fingerprints = append(c.Fingerprints, s.fingerprint())
		}
		i++
	}
	return c
}

// Fit returns the first reports that a response has room for.
func Fit(reports [][]byte) [][]byte {
	room := MaxResponseBytes
	for i, r := range reports {
		if room -= frame + len(r); room < 0 {
			return reports[:i]
		}
	}
	return reports
}
