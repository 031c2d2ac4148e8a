package node

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node/api"
)

// Latest implements api.Prices.
func (n *Node) Latest(pair price.Pair, verify bool) (api.Latest, error) {
	if pair == "" {
		pair = n.cfg.Pairs[0]
	}
	now := n.now()
	p, ok := n.recent.Latest(pair, now)
	switch {
	case !slices.Contains(n.cfg.Pairs, pair):
		return api.Latest{}, fmt.Errorf("%w: this node does not watch %s", api.ErrNotFound, pair)
	case !ok:
		return api.Latest{}, fmt.Errorf("%w: this node knows of no complete round of %s", api.ErrNotFound, pair)
	}
	o := p.Observation
	latest := api.Latest{
		Pair: pair, Price: o.Price, RoundTime: consensus.Time(o.Round.Start()), Age: age(now, o.ObservedAt.Time()), Stale: p.Stale,
		Count: p.Count, Lowest: p.Lowest, Highest: p.Highest, Spread: p.Spread(), Signers: p.Signers, Proof: p.Row(),
	}
	if verify {
		latest.Verified = n.verified(latest.Proof)
	}
	return latest, nil
}

// StoredPrices implements api.Prices. Each pair is read off the store's index for itself. A page has no more rows than take
// readBytes by the quorum.
func (n *Node) StoredPrices(ctx context.Context, q api.PriceQuery) (api.PriceList, error) {
	q.Limit = min(q.Limit, max(readBytes/(store.AttestationBytes*max(n.policy.Quorum, 1)), 1))
	pairs := n.cfg.Pairs
	if q.Pair != "" {
		pairs = []price.Pair{q.Pair}
	}
	var rows []consensus.Row
	for _, pair := range pairs {
		found, err := n.prices.Latest(ctx, store.Query{
			Network: n.cfg.Network, Pair: pair, Since: q.Since, Until: q.Until, Below: store.Place(q.Below), Limit: q.Limit + 1,
		})
		if err != nil {
			return api.PriceList{}, err
		}
		rows = append(rows, found...)
		slices.SortFunc(rows, newestFirst)
		kept := min(len(rows), q.Limit+1)
		clear(rows[kept:]) // pairs may be many, and rows long
		rows = rows[:kept]
	}
	now := n.now()
	list := api.PriceList{Time: consensus.Time(now), Prices: []api.Price{}}
	if len(rows) > q.Limit {
		rows = rows[:q.Limit]
		next := api.Cursor(store.PlaceOf(rows[len(rows)-1]))
		list.Next = &next
	}
	for i, row := range rows {
		if err := ctx.Err(); err != nil { // proofs of a page may take long to check
			return api.PriceList{}, err
		}
		if i == 0 {
			since := age(now, row.ObservedTime)
			list.Age = &since
		}
		list.Prices = append(list.Prices, n.priceOf(row, q.Verify))
	}
	return list, nil
}

// newestFirst orders rows by round, then by id, from the highest on.
func newestFirst(a, b consensus.Row) int {
	if c := b.RoundTime.Compare(a.RoundTime); c != 0 {
		return c
	}
	return slices.Compare(b.ID[:], a.ID[:])
}

// Price implements api.Prices. A row whose content is not what its id says is none: it would be kept for ever by who asks.
func (n *Node) Price(ctx context.Context, id signing.Digest, verify bool) (api.Price, error) {
	var rows []consensus.Row
	storeErr := n.prices.Read(ctx, []signing.Digest{id}, func(row consensus.Row) error {
		if o, err := row.Observation(); err == nil && row.Network == n.cfg.Network && o.Digest(n.domain) == id {
			rows = append(rows, row)
		}
		return nil
	})
	if len(rows) == 0 { // not stored, or not known to be: the archive may have it all the same
		recorded, unreadable, err := n.journal.Recorded(ctx, store.RecordedQuery{ID: id[:]})
		n.warnUnreadable("archive", unreadable)
		if err != nil {
			return api.Price{}, err
		}
		for _, r := range recorded {
			rows = append(rows, r.Row())
		}
	}
	switch {
	case len(rows) > 0:
		return n.priceOf(rows[0], verify), nil
	case storeErr != nil:
		return api.Price{}, storeErr
	}
	return api.Price{}, fmt.Errorf("%w: neither the price store nor the archive of this node has %s", api.ErrNotFound, id)
}

// priceOf returns a row as the API has it.
func (n *Node) priceOf(row consensus.Row, verify bool) api.Price {
	p := api.NewPrice(row)
	if !p.Stored {
		since := age(n.now(), row.ObservedTime)
		p.Age = &since
	}
	if verify {
		p.Verified = n.verified(row)
	}
	return p
}

// verified checks a proof by the node's own roster and quorum, as `verify` does.
func (n *Node) verified(row consensus.Row) *api.Verified {
	v := &api.Verified{OK: true, Quorum: n.policy.Quorum}
	if err := row.Verify(n.policy.Roster.Contains, n.policy.Quorum); err != nil {
		v.OK, v.Fault = false, err.Error()
	}
	return v
}

// Feed implements api.Feeder.
func (n *Node) Feed() *api.Feed { return n.feed }

// age returns the milliseconds since an instant; none for one that is ahead.
func age(now, since time.Time) int64 { return max(0, now.Sub(since).Milliseconds()) }
