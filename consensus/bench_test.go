package consensus_test

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// block is how many reports a benchmark makes at a time, while its clock stands.
const block = 32

// BenchmarkReceive takes reports of new prices from bytes to merged. times-recover is by how much that is longer than the
// recoveries in it, each measured where it happens, so that both meet the same moods of the machine: the median of all
// blocks. With more cores than one it is less where they help each other.
func BenchmarkReceive(b *testing.B) {
	for _, signers := range []int{1, 2, 3, 8, 32} {
		b.Run(fmt.Sprintf("signatures=%d", signers), func(b *testing.B) {
			w := newWorld(b, block)
			e, now := w.engine(0), at(time.Minute)
			var recovering atomic.Int64
			e.VerifyBy(func(id signing.Digest, signer signing.Address, s signing.Signature) error {
				defer func(begin time.Time) { recovering.Add(int64(time.Since(begin))) }(time.Now())
				return signing.Verify(id, signer, s)
			})
			var ratios []float64
			b.ReportAllocs()
			for i := 0; i < b.N; i += block {
				b.StopTimer()
				observations, data := w.block(consensus.MillisOf(now)-consensus.Millis(i), signers)
				recovering.Store(0)
				b.StartTimer()
				begin := time.Now()
				for _, d := range data[:min(block, b.N-i)] {
					expect(b, e.Receive(d, now), consensus.Accepted)
				}
				ratios = append(ratios, float64(time.Since(begin))/float64(recovering.Load()))
				b.StopTimer()
				for _, o := range observations[:min(block, b.N-i)] {
					e.Forget(o)
				}
			}
			slices.Sort(ratios)
			b.ReportMetric(ratios[len(ratios)/2], "times-recover")
		})
	}
}

// block returns encoded reports of as many proposers, each signed by the first few others too.
func (w world) block(seen consensus.Millis, signers int) (observations []consensus.Observation, data [][]byte) {
	for i := range block {
		o := w.observation(i)
		o.ObservedAt = seen
		var of []int
		for j := range signers {
			of = append(of, (i+j)%block)
		}
		observations = append(observations, o)
		data = append(data, w.report(o, of...).Encode())
	}
	return observations, data
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
		b.Run(fmt.Sprintf("members=%d", members), func(b *testing.B) {
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
