package test_test

import (
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/node"
)

// A member that signs two prices in each of two rounds is banned: nobody signs what it proposes later, however true,
// not even a node that was restarted. The evidence is in every journal.
func TestClusterBan(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(t *testing.T, c *cluster) {
		seats := c.form(4, 3)
		honest, liar := seats[:3], seats[3]
		x := c.tap(50)
		c.meshed(honest...)
		for range 2 {
			round := c.nextRound()
			pass(2 * time.Second)
			for cents := range int64(2) {
				if err := x.topic.Publish(t.Context(), c.propose(liar, round, cents)); err != nil {
					t.Fatal(err)
				}
			}
			c.settle()
		}
		c.halt(honest[0])
		c.start(honest[0])
		c.meshed(honest...)
		round := c.nextRound()
		pass(2 * time.Second)
		if err := x.topic.Publish(t.Context(), c.propose(liar, round, 0)); err != nil {
			t.Fatal(err)
		}
		c.settle()
		c.expectRows(round, honest...)
		for _, s := range honest {
			banned := func(n note) bool { return n.Refusal == consensus.RefusedBanned }
			if n := len(c.ledger.find(node.Refused, told(s), of(liar), about(round), banned)); n != 1 {
				t.Errorf("node%d refused the banned proposer %d times", s.number, n)
			}
			c.halt(s)
			c.inspect(s, func(j *store.Journal) {
				kept, unreadable, err := j.Evidence(t.Context(), store.MaxEvidence)
				if err != nil || unreadable != 0 || len(kept) != 2 {
					t.Errorf("node%d keeps %d pieces of evidence, %d unreadable, %v", s.number, len(kept), unreadable, err)
				}
				roster := consensus.NewRoster(c.settings.Signers...)
				for _, e := range kept {
					if err := e.Verify(roster.Contains); err != nil || e.Proposer() != liar.key.Address() {
						t.Errorf("evidence against %s: %v", e.Proposer(), err)
					}
				}
				refused, _, err := j.Refusals(t.Context(), store.RefusalQuery{Round: round})
				if err != nil || len(refused) != 1 || refused[0].Reason != consensus.RefusedBanned {
					t.Errorf("node%d keeps refusals %+v, %v", s.number, refused, err)
				}
			})
			c.start(s)
		}
	})
}
