package scale_test

import (
	"context"
	"sync"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
)

// rowsAStatement is how many rows the store writes by one statement.
const rowsAStatement = 500

// counted is the one price store of all nodes, which counts the statements by the flush window.
type counted struct {
	store.Prices
	window time.Duration

	mu         sync.Mutex // guards statements
	statements map[time.Time]int
}

// apart is the store as a node sees it that knows of no other: it writes all that is due, and what counts is one statement in each
// window, for it has nothing to wait for.
type apart struct {
	*counted
	wrote map[time.Time]bool // windows; only the node's own flush loop writes
}

func (a apart) Insert(ctx context.Context, batch *store.Batch) ([]signing.Digest, error) {
	if w := time.Now().Truncate(a.window); !a.wrote[w] {
		a.wrote[w] = true
		a.count(1)
	}
	return a.Prices.Insert(ctx, batch)
}

// Read is not counted: where everybody writes, nobody reads back.
func (a apart) Read(ctx context.Context, ids []signing.Digest, take func(consensus.Row) error) error {
	return a.Prices.Read(ctx, ids, take)
}

func (c *counted) Insert(ctx context.Context, batch *store.Batch) ([]signing.Digest, error) {
	c.count((batch.Len() + rowsAStatement - 1) / rowsAStatement)
	return c.Prices.Insert(ctx, batch)
}

func (c *counted) Read(ctx context.Context, ids []signing.Digest, take func(consensus.Row) error) error {
	c.count(1)
	return c.Prices.Read(ctx, ids, take)
}

func (c *counted) CheckWrite(ctx context.Context) error {
	c.count(1)
	return c.Prices.CheckWrite(ctx)
}

func (c *counted) count(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.statements[time.Now().Truncate(c.window)] += n
}

// perWindow returns how many statements there were on average in the whole windows since then in which there were any.
func (c *counted) perWindow(since time.Time) float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	sum, windows := 0, 0
	for start, n := range c.statements {
		if !start.Before(since) && !start.Add(c.window).After(time.Now()) {
			sum, windows = sum+n, windows+1
		}
	}
	return float64(sum) / float64(max(windows, 1))
}
