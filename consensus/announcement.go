package consensus

import (
	"fmt"
	"slices"
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

// Announcement proves to anybody that a writer announced one row, without the other ids of its notice: the signed header and
// the way from the id to the root. It does not prove that the row is missing: that is the word of whoever read the store.
type Announcement struct {
	Network   string            `json:"network"`
	Store     string            `json:"store"`
	Window    Time              `json:"window"`
	Writer    signing.Address   `json:"writer"`
	Count     uint64            `json:"count"`
	Root      signing.Digest    `json:"root"`
	Signature signing.Signature `json:"signature"`
	ID        signing.Digest    `json:"id"`
	Index     uint64            `json:"index"`
	Path      []signing.Digest  `json:"path"`
}

// Announcement returns the proof that the notice announced a row. Errors wrap global.ErrMalformed: it did not.
func (n Notice) Announcement(id signing.Digest) (Announcement, error) {
	index := slices.Index(n.IDs, id)
	if index < 0 {
		return Announcement{}, fmt.Errorf("%w: the notice has no %s", global.ErrMalformed, id)
	}
	hashes, err := pathTo(n.IDs, index)
	if err != nil {
		return Announcement{}, err
	}
	path := make([]signing.Digest, len(hashes))
	for i, h := range hashes {
		path[i] = signing.Digest(h)
	}
	return Announcement{
		Network: n.Network, Store: n.Store, Window: Time(n.Window.Start()), Writer: n.Writer,
		Count: uint64(len(n.IDs)), Root: signing.Digest(rootOf(n.IDs)), Signature: n.Signature,
		ID: id, Index: uint64(index), Path: path,
	}, nil
}

// Verify checks that the writer signed that it announced the row. Errors wrap global.ErrMalformed or global.ErrSignature.
func (a Announcement) Verify() error {
	path := make([][]byte, len(a.Path))
	for i := range a.Path {
		path[i] = a.Path[i][:]
	}
	if err := verifyPath(Root(a.Root), a.Count, a.Index, a.ID, path); err != nil {
		return fmt.Errorf("%w: %w", global.ErrMalformed, err)
	}
	window := Window(MillisOf(time.Time(a.Window)))
	digest := noticeHeader{a.Store, window, a.Writer, a.Count, Root(a.Root)}.digest(signing.NewDomain(a.Network))
	return signing.Verify(digest, a.Writer, a.Signature)
}
