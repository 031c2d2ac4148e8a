package node

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/consensus/store/storetest"
	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node/api"
)

// shelf is a price store of the given rows, as far as it is asked.
type shelf struct {
	priceStore

	rows []consensus.Row
	most int // rows that were asked for at once
}

func (s *shelf) Latest(_ context.Context, q store.Query) ([]consensus.Row, error) {
	s.most = max(s.most, q.Limit)
	return s.rows[:min(q.Limit, len(s.rows))], nil
}

func (s *shelf) Read(_ context.Context, _ []signing.Digest, take func(consensus.Row) error) error {
	return take(s.rows[0])
}

func shopkeeper(s *shelf, quorum int) *Node {
	return &Node{
		cfg: config.Config{Network: "test", Pairs: []price.Pair{"ETH-USD", "BTC-USD"}}, prices: s, now: time.Now,
		policy: consensus.Policy{Quorum: quorum}, domain: signing.NewDomain("test"),
	}
}

// However many signatures rows have, a page is bounded, and who does not wait for its proofs ends their checks.
func TestPageBounds(t *testing.T) {
	t.Parallel()
	s := &shelf{rows: storetest.NewSigners(t, "test", 1).Rows(t, 600)}
	for quorum, want := range map[int]int{1: 500, 1000: readBytes / (1000 * store.AttestationBytes)} {
		s.most = 0
		list, err := shopkeeper(s, quorum).StoredPrices(t.Context(), api.PriceQuery{Limit: 500})
		if err != nil || len(list.Prices) != want || list.Next == nil || s.most != want+1 {
			t.Errorf("quorum %d: %d prices of %d rows, next %v, %v; want %d", quorum, len(list.Prices), s.most, list.Next, err, want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := shopkeeper(s, 1).StoredPrices(ctx, api.PriceQuery{Limit: 500, Verify: true}); !errors.Is(err, context.Canceled) {
		t.Errorf("who went away: %v", err)
	}
}

// A true row is given; see TestPricesAPI for one that waits.
func TestPriceOfRow(t *testing.T) {
	t.Parallel()
	s := &shelf{rows: storetest.NewSigners(t, "test", 1).Rows(t, 1)}
	row := s.rows[0]
	n := shopkeeper(s, 1)
	if p, err := n.Price(t.Context(), row.ID, false); err != nil || p.ID != row.ID {
		t.Errorf("%+v, %v", p, err)
	}
	journal, err := store.OpenJournal(t.Context(), t.TempDir()+"/node.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = journal.Close() })
	n.journal = journal
	if s.rows[0].Price, err = price.Parse("666"); err != nil { // junk under its id
		t.Fatal(err)
	}
	if p, err := n.Price(t.Context(), row.ID, false); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("of another content: %+v, %v", p, err)
	}
}
