package consensus_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
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
