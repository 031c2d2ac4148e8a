package archive_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gossip-price/gossip-price/consensus/archive"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

// everything are the fingerprints of a bucket all of whose children hold something.
func everything() archive.Children {
	c := archive.Children{Mask: 0xffff}
	for range 16 {
		var f archive.Fingerprint
		for i := range f {
			f[i] = byte(rand.IntN(256))
		}
		c.Fingerprints = append(c.Fingerprints, f)
	}
	return c
}

// allDiffer has every range differ, down to the rounds.
func allDiffer(_ archive.Request, response archive.Response) archive.Response {
	for i := range response.Buckets {
		response.Buckets[i] = everything()
	}
	return response
}

// invented returns n ids, ascending.
func invented(n int) (ids []signing.Digest) {
	for range n {
		var id signing.Digest
		for i := range id {
			id[i] = byte(rand.IntN(256))
		}
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b signing.Digest) int { return slices.Compare(a[:], b[:]) })
	return ids
}

// Whatever a peer answers, a comparison ends, after a bounded number of requests.
func TestHostile(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		lie   func(archive.Request, archive.Response) archive.Response
		want  error
		calls int
	}{
		"nothing": {func(archive.Request, archive.Response) archive.Response { return archive.Response{} }, archive.ErrFault, 1},
		"too much": {func(_ archive.Request, r archive.Response) archive.Response {
			r.Buckets = append(r.Buckets, make([]archive.Children, 600)...)
			return r
		}, archive.ErrFault, 1},
		"all differs":         {allDiffer, nil, 20},
		"one bucket a time":   {func(r archive.Request, a archive.Response) archive.Response { return firstOnly(allDiffer(r, a)) }, nil, 20_000},
		"ids without an end":  {endlessIDs, archive.ErrFault, 200},
		"ids that nobody has": {phantoms, nil, 60},
		"repeated ids": {func(r archive.Request, a archive.Response) archive.Response {
			a = allDiffer(r, a)
			for i := range a.Rounds {
				a.Rounds[i] = append(a.Rounds[i], a.Rounds[i]...)
			}
			return a
		}, global.ErrMalformed, 20},
		"reports that were not asked for": {func(r archive.Request, a archive.Response) archive.Response {
			a.Reports = append(a.Reports, []byte("x"))
			return allDiffer(r, a)
		}, archive.ErrFault, 30},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const held = 8192
			ours, theirs := full(held), full(held)
			theirs.Add(entry("ETH-USD", 1, 17))
			peer := &link{tree: theirs, lie: x.lie}
			result, err := archive.Reconcile(t.Context(), peer.ask, ours, span(held/16), into(ours))
			if !errors.Is(err, x.want) || peer.requests > x.calls {
				t.Errorf("%+v, %v after %d requests; want %v after at most %d", result, err, peer.requests, x.want, x.calls)
			}
			if held := ours.Len(); held != 8192 && held != 8193 {
				t.Errorf("%d certificates held", held)
			}
		})
	}
}

func firstOnly(r archive.Response) archive.Response {
	if len(r.Buckets) > 1 {
		r.Buckets = r.Buckets[:1]
	}
	if len(r.Rounds) > 1 {
		r.Rounds = r.Rounds[:1]
	}
	if len(r.Reports) > 1 {
		r.Reports = r.Reports[:1]
	}
	return r
}

// endlessIDs claims more certificates than an archive can hold, as many in a round as a response takes.
func endlessIDs(r archive.Request, response archive.Response) archive.Response {
	if len(r.Rounds) > 0 {
		return archive.Response{Rounds: [][]signing.Digest{invented(2048)}}
	}
	return allDiffer(r, response)
}

// phantoms claims certificates that it can't show.
func phantoms(r archive.Request, response archive.Response) archive.Response {
	for i := range response.Rounds {
		response.Rounds[i] = invented(8)
	}
	for i := range response.Reports {
		response.Reports[i] = nil
	}
	return allDiffer(r, response)
}

// A peer that never ends ends with the context, and an error of the asker's own goes through.
func TestReconcileStops(t *testing.T) {
	t.Parallel()
	broken := errors.New("no line")
	ask := func(context.Context, archive.Request) (archive.Response, error) { return archive.Response{}, broken }
	if _, err := archive.Reconcile(t.Context(), ask, full(32), span(2), nil); !errors.Is(err, broken) {
		t.Errorf("Reconcile = %v", err)
	}
	peer := &link{tree: full(32)}
	refuse := func(context.Context, []archive.Entry, [][]byte) error { return broken }
	if _, err := archive.Reconcile(t.Context(), peer.ask, treeOf(), span(2), refuse); !errors.Is(err, broken) {
		t.Errorf("Reconcile = %v", err)
	}
}
