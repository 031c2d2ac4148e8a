package test_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	pb "github.com/libp2p/go-libp2p-pubsub/pb"

	"github.com/gossip-price/gossip-price/consensus"
)

// A peer sends 10,000 messages a second to every node, from four seconds before a round on: the honest nodes keep their
// rounds, nothing grows, and the peer is cut and refused when it comes again.
func TestHostileFlood(t *testing.T) { //nolint:paralleltest // see simulate
	for _, f := range []struct { //nolint:paralleltest // see simulate
		by   who
		kind string
		rest bool // only where figures are asked for: the others show as much
	}{
		{stranger, "duplicates", false},
		{stranger, "bad signatures", true},
		{stranger, "control", false},
		{member, "bad signatures", false},
		{stranger, "garbage", true},
		{stranger, "unknown proposers", true},
		{stranger, "other topics", true},
		{member, "duplicates", true},
	} {
		if f.rest && !measured() {
			continue
		}
		t.Run(f.by.String()+" "+f.kind, func(t *testing.T) {
			besiege(t, f.by, func(t *testing.T, s *siege) {
				heard := s.listen()
				s.nextRound()
				pass(s.settings.FetchPriceInterval - floodAhead)
				s.began = time.Now()
				floods := s.floodAll(s.arms(heard()).frames(f.kind))
				sent, refused := 0, 0
				for i, f := range floods {
					sent, refused = sent+f.sent, refused+f.refused
					if f.cut.IsZero() {
						t.Errorf("node%d never cut the flooder", s.honest[i].number)
					} else if took := f.cut.Sub(s.began); took > floodCutBound {
						t.Errorf("node%d cut the flooder after %v, want within %v", s.honest[i].number, took, floodCutBound)
					}
				}
				s.notes = fmt.Sprintf("%d sent, refused %d times", sent, refused)
				s.expectCut()
				if grown := int64(heapInUse()) - int64(s.heap); grown > floodMemory {
					t.Errorf("the cluster has grown by %d MiB", grown>>20)
				}
			})
		})
	}
}

// floodAll floods all honest nodes at once.
func (s *siege) floodAll(frame func(i int) *pb.RPC) []flood {
	floods, lasting := make([]flood, len(s.honest)), floodTime(s.t)
	var all sync.WaitGroup
	for i, h := range s.honest {
		all.Go(func() { floods[i] = s.x.flood(s.t.Context(), h.info(), lasting, frame) })
	}
	all.Wait()
	return floods
}

// arms returns what the hostile peer sends, on the ground of what it has heard.
func (s *siege) arms(heard []consensus.Report) arms {
	a := arms{
		t: s.t, network: s.settings.Network, interval: s.settings.FetchPriceInterval,
		key: makeKey(s.t, strangerHost), heard: heard, pretend: func(consensus.Observation) {},
	}
	if s.bad != nil {
		a.key, a.pretend = s.bad.key, s.bad.pretend
	}
	for _, h := range s.honest {
		a.honest = append(a.honest, h.key.Address())
	}
	return a
}
