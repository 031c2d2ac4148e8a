package writing_test

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/writing"
)

// A third of a thousand members makes as many notices as it may, each of one row, until the memory is full: what one more costs
// then, signature aside.
func BenchmarkFullMemory(b *testing.B) {
	const members, liars, windows = 1000, 333, 26
	var roster []signing.Address
	for i := range uint32(members) {
		var a signing.Address
		binary.BigEndian.PutUint32(a[:], i+1)
		roster = append(roster, a)
	}
	m := writing.New(writing.Config{
		Network: "n", Self: roster[liars], Roster: consensus.NewRoster(roster...), Quorum: 3, Interval: interval, Skew: skew,
	})
	m.SetStore("shared")
	made := 0
	more := func() {
		turn := made / writing.MaxNotices
		at := began().Add(time.Duration(turn/liars) * interval)
		var id signing.Digest
		binary.BigEndian.PutUint64(id[:], uint64(made))
		n := consensus.NewNotice("n", "shared", consensus.WindowAt(at, interval), roster[turn%liars], []signing.Digest{id})
		if got := m.Hear(consensus.Writing{Notice: &n}, at); got != writing.Accepted {
			b.Fatal(got)
		}
		made++
	}
	for range windows * liars * writing.MaxNotices {
		more()
	}
	for b.Loop() {
		more()
	}
}
