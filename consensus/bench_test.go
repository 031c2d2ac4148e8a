package consensus_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

func BenchmarkReceiveNew(b *testing.B) {
	for _, signers := range [][]int{{0}, {0, 1, 2}} {
		b.Run(fmt.Sprint(len(signers)), func(b *testing.B) {
			w := newWorld(b, 4)
			data := w.report(w.observation(0), signers...).Encode()
			b.ReportAllocs()
			for b.Loop() {
				expect(b, w.engine(3).Receive(data, at(time.Minute)), consensus.Accepted)
			}
		})
	}
}

func BenchmarkReceiveKnown(b *testing.B) {
	w := newWorld(b, 4)
	data := w.report(w.observation(0), 0, 1, 2).Encode()
	e := w.engine(3)
	e.Receive(data, at(time.Minute))
	b.ReportAllocs()
	for b.Loop() {
		expect(b, e.Receive(data, at(time.Minute)), consensus.Duplicate)
	}
}

// BenchmarkRank ranks the co-signers of one observation: those who were heard of in two rounds of 16 proposals, which
// are about 55 in any large roster, and a whole roster, as in the first round.
func BenchmarkRank(b *testing.B) {
	for _, members := range []int{4, 55, 1000} {
		b.Run(fmt.Sprint(members), func(b *testing.B) {
			group := make([]signing.Address, members)
			for i := range group {
				group[i] = signing.Address{0: byte(i >> 8), 1: byte(i)}
			}
			b.ReportAllocs()
			for b.Loop() {
				consensus.RankOrder(signing.Digest{}, group)
			}
		})
	}
}
