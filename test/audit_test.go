package test_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node"
)

// calm is how long after bad weather the last signatures may still travel.
const calm = 20 * time.Second

// finish lets the weather clear up and the last prices be stored, stops all nodes and audits the store.
func (c *cluster) finish() {
	c.weather.change(func(w *weather) { w.cut, w.loss, w.latency = nil, 0, nil })
	for _, s := range c.seats {
		s.feed.set(0, true)
	}
	pass(calm)
	c.settle()
	c.stopAll()
	rows := c.rows()
	checkRows(c.t, rows, consensus.NewRoster(c.settings.Signers...), c.settings.MinimumSignerCount)
	c.checkTruth(rows)
	c.checkStored(rows)
	c.checkSignedOnce()
	for _, s := range c.seats {
		if s.node != nil {
			c.checkCounts(s)
			c.inspect(s, func(j *store.Journal) {
				waiting, err := j.Waiting(c.t.Context())
				if err != nil {
					c.t.Error(err)
				}
				for _, w := range waiting { // until enough others have read the row back
					if !slices.ContainsFunc(rows, func(r consensus.Row) bool { return r.ID == w.ID }) {
						c.t.Errorf("node%d waits for price %s to be stored", s.number, w.ID.Short())
					}
				}
			})
		}
	}
}

// rows reads the shared price store.
func (c *cluster) rows() []consensus.Row {
	c.t.Helper()
	return readRows(c.t, c.settings.DatabaseURL)
}

func readRows(t *testing.T, databaseURL string) []consensus.Row {
	t.Helper()
	ctx := context.Background() // the audit comes after the test
	prices, err := store.Open(ctx, databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = prices.Close() }()
	rows, err := prices.Latest(ctx, store.Query{})
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) == store.MaxRows {
		t.Fatal("more rows than one call reads")
	}
	return rows
}

// checkRows checks that every row is a proof, and that no proposer has two in a round.
func checkRows(t *testing.T, rows []consensus.Row, roster consensus.Roster, quorum int) {
	t.Helper()
	places := make(map[place]signing.Digest)
	for _, r := range rows {
		if err := r.Verify(roster.Contains, quorum); err != nil {
			t.Errorf("row %s does not verify: %v", r.ID.Short(), err)
		}
		p := place{r.FirstSigner, consensus.Round(r.RoundTime.Unix())}
		if other, taken := places[p]; taken {
			t.Errorf("rows %s and %s of one proposer and round", r.ID.Short(), other.Short())
		}
		places[p] = r.ID
	}
}

// checkTruth checks that the source of each proposer gave the price of its row, and that the source of each signer gave
// one that is near enough, at a time that is near enough.
func (c *cluster) checkTruth(rows []consensus.Row) {
	c.t.Helper()
	feeds := make(map[signing.Address]*feed)
	for _, s := range c.seats {
		feeds[s.key.Address()] = s.feed
	}
	for _, r := range rows {
		if !feeds[r.FirstSigner].gave(func(q price.Quote) bool {
			return q.Price == r.Price && consensus.MillisOf(q.At) == consensus.MillisOf(r.ObservedTime)
		}) {
			c.t.Errorf("row %s holds a price that its proposer's source never gave", r.ID.Short())
		}
		for _, a := range r.SignData {
			if !feeds[a.Signer].gave(func(q price.Quote) bool {
				return r.Price.Within(q.Price, c.settings.MaxDeviation) &&
					q.At.Sub(r.ObservedTime).Abs() <= c.settings.PriceFreshness
			}) {
				c.t.Errorf("row %s is signed by %s, whose source gave no such price", r.ID.Short(), a.Signer)
			}
		}
	}
}

// checkStored checks that exactly the prices with a quorum are stored, and that of each row one node alone tells that it
// was the one that wrote it.
func (c *cluster) checkStored(rows []consensus.Row) {
	c.t.Helper()
	quorums := c.ledger.firsts(node.Quorum)
	for _, n := range c.ledger.find(node.Quorum) {
		if len(n.Signers) < c.settings.MinimumSignerCount {
			c.t.Errorf("price %s: quorum told at %d signers", n.ID.Short(), len(n.Signers))
		}
	}
	for _, r := range rows {
		if _, ok := quorums[r.ID]; !ok {
			c.t.Errorf("row %s was stored, but nobody told of its quorum", r.ID.Short())
		}
		delete(quorums, r.ID)
		written := c.ledger.find(node.Stored, func(n note) bool { return n.ID == r.ID && !n.ByOther })
		if len(written) != 1 {
			c.t.Errorf("row %s was written by %d nodes", r.ID.Short(), len(written))
		}
	}
	for id := range quorums {
		c.t.Errorf("price %s had a quorum and was not stored", id.Short())
	}
}

// checkSignedOnce checks that no node signed two prices of one proposer in a round, its own or another's, over all its lives.
func (c *cluster) checkSignedOnce() {
	c.t.Helper()
	type voice struct {
		place
		by signing.Address
	}
	signed := make(map[voice]signing.Digest)
	for _, step := range []node.Step{node.Proposed, node.Signed} {
		for _, n := range c.ledger.find(step) {
			v := voice{place{n.Observation.Proposer, n.Observation.Round}, n.by}
			if other, ok := signed[v]; ok && other != n.ID {
				c.t.Errorf("%s signed %s and %s of one proposer and round", n.by, n.ID.Short(), other.Short())
			}
			signed[v] = n.ID
		}
	}
}

// inspect opens the journal of a node that has stopped.
func (c *cluster) inspect(s *seat, look func(j *store.Journal)) {
	c.t.Helper()
	j, err := store.OpenJournal(context.Background(), c.config(s).JournalPath())
	if err != nil {
		c.t.Fatal(err)
	}
	look(j)
	if err := j.Close(); err != nil {
		c.t.Error(err)
	}
}

// stored returns the rows of one round by their proposers.
func stored(rows []consensus.Row, round consensus.Round) map[signing.Address]consensus.Row {
	found := make(map[signing.Address]consensus.Row)
	for _, r := range rows {
		if r.RoundTime.Equal(round.Start()) {
			found[r.FirstSigner] = r
		}
	}
	return found
}

// expectStored waits until a node knows that n prices of a round are stored: by its own reading or that of enough others,
// in twice as many windows as there are members.
func (c *cluster) expectStored(round consensus.Round, s *seat, n int) {
	c.t.Helper()
	eventually(c.t, time.Duration(2*len(c.seats)+2)*c.settings.FlushInterval, fmt.Sprintf("node%d knows of %d stored prices", s.number, n), func() bool {
		return len(c.ledger.find(node.Stored, told(s), about(round))) == n
	})
}

// expectRows checks that the rows of a round are those of these proposers and no others.
func (c *cluster) expectRows(round consensus.Round, proposers ...*seat) {
	c.t.Helper()
	if found := c.expectAmongRows(round, proposers...); found > len(proposers) {
		c.t.Errorf("round %d: %d rows, want %d", round, found, len(proposers))
	}
}

// expectAmongRows checks that rows of these proposers are among those of a round, and returns how many there are.
func (c *cluster) expectAmongRows(round consensus.Round, proposers ...*seat) int {
	c.t.Helper()
	found := stored(c.rows(), round)
	for _, s := range proposers {
		if _, ok := found[s.key.Address()]; !ok {
			c.t.Errorf("round %d: no row of node%d", round, s.number)
		}
	}
	return len(found)
}
