package consensus

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

// Window names one flush window by the unix millisecond at which it starts: a multiple of the flush interval.
type Window uint64

// WindowAt returns the window that contains now. The interval is a whole number of milliseconds, at least one.
func WindowAt(now time.Time, interval time.Duration) Window {
	step := interval.Milliseconds()
	return Window(now.UnixMilli() / step * step)
}

// Start returns the instant at which the window begins, in UTC.
func (w Window) Start() time.Time { return time.UnixMilli(int64(w)).UTC() }

// Notice is a writer's signed word that it brought rows to a price store (section 3.9). It proves nothing of the store:
// who doubts it reads the rows. A notice of no rows tells that its writer was there and could not write.
type Notice struct {
	Network string
	Store   string // the store's id
	Window  Window
	Writer  signing.Address
	IDs     []signing.Digest // ascending, at most global.MaxNoticeIDs

	Signature signing.Signature // the writer's, over Digest
}

// NewNotice returns a notice of these rows. It is not signed yet. The ids are sorted, and each is in it once.
func NewNotice(network, store string, window Window, writer signing.Address, ids []signing.Digest) Notice {
	return Notice{Network: network, Store: store, Window: window, Writer: writer, IDs: sortDigests(ids)}
}

func sortDigests(ids []signing.Digest) []signing.Digest {
	ids = slices.Clone(ids)
	slices.SortFunc(ids, func(a, b signing.Digest) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(ids)
}

// Digest returns what the writer signs: the struct Notice by EIP-712, with the Merkle root over the ids.
func (n Notice) Digest() signing.Digest {
	return n.header().digest(signing.NewDomain(n.Network))
}

func (n Notice) header() noticeHeader {
	return noticeHeader{n.Store, n.Window, n.Writer, uint64(len(n.IDs)), rootOf(n.IDs)}
}

// noticeHeader is the signed struct.
type noticeHeader struct {
	store  string
	window Window
	writer signing.Address
	count  uint64
	root   Root
}

func (h noticeHeader) digest(domain signing.Domain) signing.Digest {
	return domain.Digest(
		signing.TypeWord("Notice(string store,uint64 window,address writer,uint64 count,bytes32 root)"),
		signing.StringWord(h.store), signing.UintWord(uint64(h.window)), signing.AddressWord(h.writer),
		signing.UintWord(h.count), signing.Word(h.root),
	)
}

// maxStoreID bounds the name of a store; those that are made here have 26 or 36 characters.
const maxStoreID = 64

// check refuses what no honest node sends. Errors wrap global.ErrMalformed.
func (n Notice) check() error {
	if err := checkStore(n.Store, n.Window); err != nil {
		return err
	}
	return checkDigests(n.IDs, global.MaxNoticeIDs)
}

func checkStore(store string, window Window) error {
	if store == "" || len(store) > maxStoreID {
		return fmt.Errorf("%w: store id of %d bytes, want 1 to %d", global.ErrMalformed, len(store), maxStoreID)
	}
	if window > maxMillis {
		return fmt.Errorf("%w: window out of range", global.ErrMalformed)
	}
	return nil
}

// checkDigests wants digests in their one order, each once, and not too many.
func checkDigests(list []signing.Digest, most int) error {
	if len(list) > most {
		return fmt.Errorf("%w: %d ids, at most %d", global.ErrMalformed, len(list), most)
	}
	for i := 1; i < len(list); i++ {
		if bytes.Compare(list[i-1][:], list[i][:]) >= 0 {
			return fmt.Errorf("%w: ids repeated or out of order", global.ErrMalformed)
		}
	}
	return nil
}
