package api

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/global/price"
)

// EventKind says what an event of a stream tells. The list is closed.
type EventKind string

// The kinds of events. The data of the first two are a price's proof.
const (
	CertificateEvent EventKind = "certificate" // the price is verified on this node
	StoredEvent      EventKind = "stored"      // this node knows its row to be stored
	MissedEvent      EventKind = "missed"      // events before this one are not known any more: ask /v1/prices
)

const (
	// maxEvents and maxEventBytes bound what a Feed remembers for those that come back; bytes are those of weigh.
	maxEvents     = 1024
	maxEventBytes = 4 << 20
	// maxTaken bounds the bytes of events that a reader is given at once, unless one alone is longer: there may be many readers.
	maxTaken = 64 << 10
)

// Feed holds what a node last told of its prices, for readers of which each goes at its own pace. Nobody waits for them: who
// falls behind what is remembered has missed it. It is safe for concurrent use.
type Feed struct {
	name int64 // when it began: numbers of events of another feed mean nothing here

	mu      sync.Mutex // guards all below
	events  []event    // the last ones, with consecutive numbers
	next    uint64     // number of the next event; events begin at 1
	bytes   int        // weights of the events
	readers map[*reader]struct{}
}

type event struct {
	kind   EventKind
	pair   price.Pair
	weight int
	data   func() []byte // JSON, made for the first who reads it: mostly nobody does
}

// reader is somebody who reads a feed.
type reader struct {
	feed *Feed
	next uint64        // number of the event that it wants next
	wake chan struct{} // of capacity 1: there may be one
}

// NewFeed returns a feed that begins now.
func NewFeed(now time.Time) *Feed {
	return &Feed{name: now.UnixMilli(), next: 1, readers: make(map[*reader]struct{})}
}

// Tell adds an event. It never waits for a reader.
func (f *Feed) Tell(kind EventKind, row consensus.Row) {
	e := event{kind, row.Pair, weigh(row), sync.OnceValue(func() []byte {
		data, _ := json.Marshal(row) // a price that was verified has JSON
		return data
	})}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.events = append(f.events, e)
	f.next++
	for f.bytes += e.weight; len(f.events) > maxEvents || f.bytes > maxEventBytes; f.events = f.events[1:] {
		f.bytes -= f.events[0].weight
	}
	for r := range f.readers {
		select {
		case r.wake <- struct{}{}:
		default:
		}
	}
}

// weigh returns how many bytes the JSON of a row has at most.
func weigh(row consensus.Row) int {
	const (
		rest  = 448 // ids, times, price, names of the columns
		aSign = 203 // {"signer":"0x..","signature":"0x.."},
	)
	return rest + len(row.Network) + len(row.Pair) + aSign*len(row.SignData)
}

// join returns a reader of what comes after the event that the id names; of an empty or foreign id after what there is. It tells
// whether events are missing between. The reader must leave.
func (f *Feed) join(id string) (r *reader, missed bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	r = &reader{feed: f, next: f.next, wake: make(chan struct{}, 1)}
	f.readers[r] = struct{}{}
	if id == "" {
		return r, false
	}
	name, text, _ := strings.Cut(id, "-")
	last, err := strconv.ParseUint(text, 10, 63)
	if err != nil || name != strconv.FormatInt(f.name, 10) || last >= f.next {
		return r, true
	}
	r.next = max(last+1, f.oldest())
	if r.next < f.next {
		r.wake <- struct{}{}
	}
	return r, r.next != last+1
}

func (r *reader) leave() {
	r.feed.mu.Lock()
	defer r.feed.mu.Unlock()
	delete(r.feed.readers, r)
}

// take returns the next events that the reader has not had; while there are more of them it is woken again. It is not ok if some are not remembered any more: the reader was too slow.
func (r *reader) take() (events []event, first uint64, ok bool) {
	f := r.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	first, oldest := r.next, f.oldest()
	if first < oldest {
		return nil, 0, false
	}
	events = f.events[first-oldest:]
	bytes := 0
	for i, e := range events {
		if bytes += e.weight; bytes > maxTaken && i > 0 {
			events = events[:i]
			break
		}
	}
	if r.next += uint64(len(events)); r.next < f.next {
		select {
		case r.wake <- struct{}{}:
		default:
		}
	}
	return events[:len(events):len(events)], first, true
}

// id returns how the event of a number is named.
func (f *Feed) id(number uint64) string { return fmt.Sprintf("%d-%d", f.name, number) }

// oldest returns the number of the first event that is remembered. Called with mu held.
func (f *Feed) oldest() uint64 { return f.next - uint64(len(f.events)) }
