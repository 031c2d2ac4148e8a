package test_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/gossip"
	"github.com/gossip-price/gossip-price/node"
)

// statements returns how many statements all nodes together have asked of the price store so far, to write and to read back.
func (c *cluster) statements() (count float64) {
	for _, s := range c.seats {
		if s.metrics != nil {
			count += sumMetrics(c, s.metrics)["store_statements_total"]
		}
	}
	return count
}

// perWindow lets n flush windows pass and returns the statements of each.
func (c *cluster) perWindow(n int) (counts []int) {
	interval := c.settings.FlushInterval
	pass(time.Until(time.Now().Truncate(interval).Add(interval - time.Millisecond)))
	before := c.statements()
	for range n {
		pass(interval)
		now := c.statements()
		counts, before = append(counts, int(now-before)), now
	}
	return counts
}

func sumAndMost(counts []int) (sum, most int) {
	for _, n := range counts {
		sum, most = sum+n, max(most, n)
	}
	return sum, most
}

// logStatements tells of flush windows as a row of docs/performance.md.
func logStatements(t *testing.T, nodes int, counted string, counts []int) {
	t.Helper()
	sum, most := sumAndMost(counts)
	t.Logf("\n| whole nodes | counted by | windows | statements a window | at most |\n|---|---|---|---|---|\n| %d | %s | %d | %.2f | %d |",
		nodes, counted, len(counts), float64(sum)/float64(len(counts)), most)
}

// Whole nodes that share a store ask at most two statements of it in a window, all together, and every price is stored in time.
// SIM_NODES=64 adds a larger network.
func TestClusterWriting(t *testing.T) { //nolint:paralleltest // see simulate
	largest, err := strconv.Atoi(cmp.Or(os.Getenv("SIM_NODES"), "16"))
	if err != nil {
		t.Fatal(err)
	}
	for _, nodes := range []int{4, 16, 64} { //nolint:paralleltest // see simulate
		if nodes > largest {
			continue
		}
		t.Run(fmt.Sprint(nodes), func(t *testing.T) {
			simulate(t, func(t *testing.T, c *cluster) {
				c.settings.Proposers = 4
				seats := c.form(nodes, nodes)
				c.meshed(seats...)
				c.rounds(1)
				counts := c.perWindow(20)
				total, most := sumAndMost(counts)
				logStatements(t, nodes, "the nodes' metrics", counts)
				if most > 2 || total == 0 {
					t.Errorf("statements a window: %v", counts)
				}
			})
		})
	}
}

// liar is a member that runs no node: it lies about what it wrote and read.
type liar struct {
	*tap
	c       *cluster
	seat    *seat
	notices *gossip.Topic

	mu    sync.Mutex
	heard []signing.Digest // notices
}

// lie joins the network with a seat's key.
func (c *cluster) lie(s *seat) *liar {
	x := &liar{c: c, seat: s}
	name := global.NoticesTopic(c.settings.Network)
	h := c.plug(s.number, s.key)
	network, err := gossip.New(h, gossip.Config{
		Network: c.settings.Network, Bootstrap: c.bootstrapInfo(),
		Topics: []gossip.TopicConfig{{Name: name, MaxBytes: global.MaxWritingBytes, Validate: x.hear}},
	})
	if err != nil {
		c.t.Fatal(err)
	}
	x.notices = network.Topic(name)
	x.tap = &tap{running: run(func(ctx context.Context) error {
		return errors.Join(network.Run(ctx), network.Close(), h.Close())
	})}
	return x
}

func (x *liar) hear(_ context.Context, data []byte) gossip.Verdict {
	w, err := consensus.DecodeWriting(data)
	if err != nil {
		return gossip.Reject
	}
	if w.Notice != nil && len(w.Notice.IDs) > 0 {
		x.mu.Lock()
		defer x.mu.Unlock()
		x.heard = append(x.heard, w.Notice.Digest())
	}
	return gossip.Accept
}

// announce tells that all prices with a quorum were written, just before the honest writer's turn.
func (x *liar) announce(storeID string, window consensus.Window) {
	var ids []signing.Digest
	for id := range x.c.ledger.firsts(node.Quorum) {
		ids = append(ids, id)
	}
	n := consensus.NewNotice(x.c.settings.Network, storeID, window, x.seat.key.Address(), ids)
	var err error
	if n.Signature, err = x.seat.key.Sign(n.Digest()); err != nil {
		x.c.t.Fatal(err)
	}
	_ = x.notices.Publish(x.c.t.Context(), n.Encode())
}

// approve tells that all rows are there that anybody announced.
func (x *liar) approve(storeID string, window consensus.Window) {
	x.mu.Lock()
	heard := x.heard[max(len(x.heard)-20, 0):]
	x.mu.Unlock()
	if len(heard) == 0 {
		return
	}
	a := consensus.NewAudit(x.c.settings.Network, storeID, window, x.seat.key.Address(), heard, nil)
	var err error
	if a.Signature, err = x.seat.key.Sign(a.Digest()); err != nil {
		x.c.t.Fatal(err)
	}
	_ = x.notices.Publish(x.c.t.Context(), a.Encode())
}

// Two members of seven lie in every window: one announces what it has not written before anybody can write, the other
// approves it. Every price is stored nevertheless, and the writer is named.
func TestClusterLyingWriter(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(t *testing.T, c *cluster) {
		seats := c.form(7, 5)
		writer, auditor := c.lie(seats[5]), c.lie(seats[6])
		defer writer.stop(t)
		defer auditor.stop(t)
		honest := seats[:5]
		c.meshed(honest...)
		storeID := c.storeID()
		interval := c.settings.FlushInterval
		end := time.Now().Add(2 * time.Minute)
		for next := time.Now().Truncate(interval).Add(interval); next.Before(end); next = next.Add(interval) {
			window := consensus.WindowAt(next, interval)
			pass(time.Until(next.Add(-200 * time.Millisecond)))
			writer.announce(storeID, window)
			pass(time.Until(next.Add(interval / 4)))
			auditor.approve(storeID, window)
		}
		named := 0
		for _, s := range honest {
			for _, f := range s.node.Missed() {
				if f.Announcement.Writer != writer.seat.key.Address() {
					t.Errorf("node%d names %s", s.number, f.Announcement.Writer)
				}
				if err := f.Announcement.Verify(); err != nil {
					t.Error(err)
				}
				named++
			}
		}
		if named == 0 {
			t.Error("nobody names the writer that lied")
		}
		t.Logf("%d findings", named)
	})
}

func (c *cluster) storeID() string {
	c.t.Helper()
	prices, err := store.Open(context.Background(), c.settings.DatabaseURL)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = prices.Close() }()
	id, err := prices.ID(context.Background())
	if err != nil {
		c.t.Fatal(err)
	}
	return id
}
