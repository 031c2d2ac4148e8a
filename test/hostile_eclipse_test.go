package test_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/node"
)

// A node is cut off from all honest ones and sees only hostile peers, which have the ear of the others too. What such an
// eclipse can do: the node's own prices get no quorum, and it learns only what the hostile peers let through; that is
// true, or it learns nothing. With one honest link it takes part again, and then finds the others by itself.
func TestHostileEclipse(t *testing.T) { //nolint:paralleltest // see simulate
	besiege(t, stranger, func(t *testing.T, s *siege) {
		s.mayStay = true
		victim := s.honest[3]
		s.honest = s.honest[:3] // who must keep their rounds
		s.calm = s.quorumLatencies(s.honest, []consensus.Round{s.round()})
		hostileHost := func(n byte) bool { return n >= strangerHost && n != bootstrapHost }
		s.weather.change(func(w *weather) {
			w.cut = func(from, to byte) bool {
				return from == victim.number && !hostileHost(to) || to == victim.number && !hostileHost(from)
			}
		})
		for range 3 {
			s.disguise()
			if err := s.x.reach(t.Context(), victim.info()); err != nil {
				t.Fatal(err)
			}
		}
		pass(time.Minute) // the victim gives up its honest connections
		silent := time.Now()
		for range 2 {
			s.nextRound()
		}
		pass(5 * time.Second)
		if n := len(s.ledger.find(node.Quorum, told(victim), since(silent))); n > 0 {
			t.Errorf("the victim tells of %d quorums while nobody lets anything through", n)
		}
		s.notes = fmt.Sprintf("the victim sees %d peers and tells of %d problems", victim.node.Peers(), len(victim.node.Ready()))
		s.relayChosen(victim)
		s.freeVictim(victim)
	})
}

// relayChosen lets the victim hear one honest node's reports for a round, and lies beside them: it takes the former alone.
func (s *siege) relayChosen(victim *seat) {
	s.t.Helper()
	began, network := time.Now(), s.settings.Network
	chosen, own := s.honest[0].key.Address(), makeKey(s.t, strangerHost)
	to := victim.node.Host().ID()
	s.x.onMessage(func(data []byte) {
		r, err := consensus.DecodeReport(data)
		if err != nil || r.Observation.Proposer != chosen {
			return
		}
		go func() { _ = s.x.publish(to, data) }()
	})
	round := s.nextRound()
	lie := observation(s.t, own, round, 100)
	lie.Proposer = s.honest[1].key.Address()
	_ = s.x.publish(to, assemble(network, lie, claim(s.t, network, lie, lie.Proposer, own),
		claim(s.t, network, lie, chosen, own), claim(s.t, network, lie, victim.key.Address(), own)).Encode())
	pass(10 * time.Second)
	s.x.onMessage(nil)
	quorums := s.ledger.find(node.Quorum, told(victim), since(began))
	for _, n := range quorums {
		if n.Observation.Proposer != chosen {
			s.t.Errorf("the victim believes in a price that was kept from it: %+v", n.Observation)
		}
	}
	if len(quorums) == 0 {
		s.t.Error("the victim learned nothing of what was let through, so nothing was tested")
	}
}

// freeVictim gives the victim one honest link, and then all.
func (s *siege) freeVictim(victim *seat) {
	s.t.Helper()
	s.weather.change(func(w *weather) {
		was := w.cut
		w.cut = func(from, to byte) bool {
			if from+to == victim.number+s.honest[0].number {
				return false
			}
			return was(from, to)
		}
	})
	pass(time.Minute) // the longest pause between two dials, and the dial
	for _, round := range s.rounds(2) {
		for _, h := range s.honest {
			if n := len(s.ledger.find(node.Quorum, told(victim), of(h), about(round))); n != 1 {
				s.t.Errorf("round %d: with one honest link the victim tells of %d quorums of node%d", round, n, h.number)
			}
		}
		if n := len(s.ledger.find(node.Quorum, told(s.honest[0]), of(victim), about(round))); n != 1 {
			s.t.Errorf("round %d: with one honest link the victim's price has no quorum", round)
		}
	}
	s.weather.clear()
	eventually(s.t, time.Minute, "the victim has dialled those whom it knew", func() bool {
		for _, h := range s.honest {
			if !connected(victim, h) {
				return false
			}
		}
		return true
	})
}
