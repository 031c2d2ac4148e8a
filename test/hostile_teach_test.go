package test_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/node"
)

// A stranger that is nearer to every node than they are to each other adds a bad signature to each honest report and is
// first to bring it. Two of the nodes can only hear each other through the others: if those took the good signatures of a
// bad report, they would not pass the honest copy on.
func TestHostileTeaching(t *testing.T) { //nolint:paralleltest // see simulate
	besiege(t, stranger, func(t *testing.T, s *siege) {
		s.weather.change(func(w *weather) {
			w.latency = func(from, to byte) time.Duration {
				if from >= strangerHost && from != bootstrapHost || to >= strangerHost && to != bootstrapHost {
					return 5 * time.Millisecond
				}
				return oneWay
			}
			w.cut = func(from, to byte) bool { return from == 1 && to == 4 || from == 4 && to == 1 }
		})
		pass(time.Minute) // the connection of the two is given up
		s.calm = s.quorumLatencies(s.honest, s.rounds(calmRounds))
		s.began = time.Now()
		var poisoned atomic.Int64
		network := s.settings.Network
		s.x.onMessage(func(data []byte) {
			r, err := consensus.DecodeReport(data)
			if err != nil {
				return
			}
			for _, h := range s.honest {
				bad := claim(t, network, r.Observation, h.key.Address(), makeKey(t, strangerHost))
				if signs(r, bad.Signer) {
					continue
				}
				poisoned.Add(1)
				s.tell(assemble(network, r.Observation, append(r.Attestations, bad)...).Encode())
				return
			}
		})
		round := s.nextRound()
		pass(s.settings.FetchPriceInterval - time.Second)
		if poisoned.Load() == 0 {
			t.Error("no report was poisoned, so nothing was tested")
		}
		for _, h := range s.honest {
			if n := len(s.ledger.find(node.Quorum, told(h), about(round))); n != len(s.honest) {
				t.Errorf("node%d told of %d quorums, want %d", h.number, n, len(s.honest))
			}
		}
	})
}
