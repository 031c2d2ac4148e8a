package test_test

import (
	"cmp"
	"fmt"
	"runtime"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
)

// report checks the rounds of the attack and those after it, and writes the one line that tells how the attack went.
func (s *siege) report(name string, later []consensus.Round) {
	s.t.Helper()
	var attacked []consensus.Round
	interval := s.settings.FetchPriceInterval
	for at := s.began.Truncate(interval).Add(interval); consensus.RoundAt(at, interval) <= later[len(later)-1]; at = at.Add(interval) {
		attacked = append(attacked, consensus.RoundAt(at, interval))
	}
	under := s.quorumLatencies(s.honest, attacked)
	s.expectHonest(attacked, under)
	cut := "not cut"
	if after, was := s.cutAfter(); s.mayStay {
		cut = "not cut: nothing asks for it"
	} else if was {
		cut = fmt.Sprint("cut after ", after.Round(time.Millisecond))
	}
	result := "held"
	if s.t.Failed() {
		result = "FAILED"
	}
	s.t.Logf("attack: %s | %s | without %s | with %s | %s | heap %+.1f MiB | %s",
		name, result, s.calm, under, cut, float64(s.grown)/(1<<20), cmp.Or(s.notes, "-"))
}

// heapInUse returns the bytes of live objects.
func heapInUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
