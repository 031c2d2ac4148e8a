package node

import (
	"encoding/json"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/consensus/store/postgrestest"
	"github.com/gossip-price/gossip-price/consensus/store/storetest"
	"github.com/gossip-price/gossip-price/consensus/writing"
	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/migrations"
	"github.com/gossip-price/gossip-price/node/api"
	"github.com/gossip-price/gossip-price/node/story"
	"github.com/gossip-price/gossip-price/node/vitals"
)

const (
	flushed    = 10_000 // certificates of a backlog
	flushTurns = 5
)

// flushTimes are what a benchmark of the flush measures, of all turns.
type flushTimes struct {
	bare, flush          []time.Duration // of the whole backlog
	list                 []time.Duration // of the outbox
	read, drop           []time.Duration // of a batch, while nothing else is done
	merge, mergeFlushing []time.Duration // of a report
}

// BenchmarkFlush flushes a backlog from a journal to a server that syncs, and inserts the same rows by the bare statement,
// ready made, in turns. Its figures are the flush's rate as a part of the bare one, by the shortest times of flushTurns; what the
// parts of a flush take alone, in the middle; and what merging a report takes without and during a flush: docs/performance.md, "Flush".
func BenchmarkFlush(b *testing.B) {
	address := postgrestest.StartDurable(b).Database(b)
	if _, err := migrations.Apply(b.Context(), address, ""); err != nil {
		b.Fatal(err)
	}
	pool, err := pgxpool.New(b.Context(), address)
	if err != nil {
		b.Fatal(err)
	}
	defer pool.Close()
	n, all := flushingNode(b, address), storetest.NewSigners(b, "n", 3).Certificates(b, flushed)
	batches := slices.Collect(slices.Chunk(all, flushBatch))
	statements := make([][]any, len(batches))
	for i, batch := range batches {
		statements[i] = bareArguments(b, batch)
	}
	for b.Loop() {
		var t flushTimes
		for range flushTurns {
			t.merge = append(t.merge, mergeTimes(b, func() { <-time.After(300 * time.Millisecond) })...)
			t.bare = append(t.bare, insertBare(b, pool, statements))
			fill(b, n, pool, all)
			t.flush = append(t.flush, timed(func() { n.flush(b.Context(), n.writing.Tasks) }))
			expectFlushed(b, n, pool)
			fill(b, n, pool, all)
			t.mergeFlushing = append(t.mergeFlushing, mergeTimes(b, func() { n.flush(b.Context(), n.writing.Tasks) })...)
			expectFlushed(b, n, pool)
			fill(b, n, pool, all)
			t.parts(b, n)
		}
		t.report(b)
	}
}

// parts empties the outbox by the steps that a flush takes beside the server, one after the other.
func (t *flushTimes) parts(b *testing.B, n *Node) {
	b.Helper()
	var waiting []writing.Waiting
	var err error
	check := func() {
		if err != nil {
			b.Fatal(err)
		}
	}
	t.list = append(t.list, timed(func() { waiting, err = n.waiting(b.Context()) }))
	check()
	if len(waiting) != flushed {
		b.Fatalf("%d certificates wait", len(waiting))
	}
	for some := range slices.Chunk(waiting, flushBatch) {
		ids := make([]signing.Digest, len(some))
		for i, w := range some {
			ids[i] = w.ID
		}
		t.read = append(t.read, timed(func() { _, err = n.journal.Certificates(b.Context(), ids) }))
		check()
		t.drop = append(t.drop, timed(func() { err = n.journal.Drop(b.Context(), ids) }))
		check()
	}
}

func (t *flushTimes) report(b *testing.B) {
	b.Helper()
	bare, flush := slices.Min(t.bare), slices.Min(t.flush)
	b.ReportMetric(float64(bare)/float64(flush), "of-bare-rate")
	b.ReportMetric(milliseconds(flush), "ms-flush")
	b.ReportMetric(milliseconds(quantile(t.list, 0.5)), "ms-list")
	b.ReportMetric(milliseconds(bare/(flushed/flushBatch)), "ms-bare/batch")
	b.ReportMetric(milliseconds(quantile(t.read, 0.5)), "ms-read/batch")
	b.ReportMetric(milliseconds(quantile(t.drop, 0.5)), "ms-drop/batch")
	b.ReportMetric(milliseconds(quantile(t.merge, 0.5)), "ms-merge-p50")
	b.ReportMetric(milliseconds(quantile(t.merge, 0.99)), "ms-merge-p99")
	b.ReportMetric(milliseconds(quantile(t.mergeFlushing, 0.5)), "ms-merge-p50-flushing")
	b.ReportMetric(milliseconds(quantile(t.mergeFlushing, 0.99)), "ms-merge-p99-flushing")
}

func milliseconds(d time.Duration) float64 { return d.Seconds() * 1000 }

func timed(do func()) time.Duration {
	began := time.Now()
	do()
	return time.Since(began)
}

func insertBare(b *testing.B, pool *pgxpool.Pool, statements [][]any) time.Duration {
	b.Helper()
	empty(b, pool)
	began := time.Now()
	for _, arguments := range statements {
		if _, err := pool.Exec(b.Context(), bareInsert, arguments...); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(began)
}

// fill empties the table and fills the outbox.
func fill(b *testing.B, n *Node, pool *pgxpool.Pool, all []consensus.Certificate) {
	b.Helper()
	empty(b, pool)
	if err := n.journal.Keep(b.Context(), all); err != nil {
		b.Fatal(err)
	}
}

// flushingNode returns what of a node a flush needs.
func flushingNode(b *testing.B, address string) *Node {
	b.Helper()
	prices, err := store.Open(b.Context(), address)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = prices.Close() })
	journal, err := store.OpenJournal(b.Context(), filepath.Join(b.TempDir(), "node.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = journal.Close() })
	cfg, policy := config.Config{FlushInterval: 30 * time.Second}, consensus.Policy{Interval: time.Minute, Quorum: 1}
	return &Node{
		cfg: cfg, pulse: newPulse(cfg, policy, "", time.Now()), log: slog.New(slog.DiscardHandler), now: time.Now,
		health: newHealth(), meters: newMeters(nil, &policy, cfg.FlushInterval, time.Now()), engine: consensus.NewEngine(policy), journal: journal, prices: prices,
		writing: newWriting(cfg, &policy, nil), wrote: make(map[signing.Digest]bool), feed: api.NewFeed(time.Now()),
		book: story.New(story.Config{Quorum: policy.Quorum}), course: vitals.NewCourse(&policy),
	}
}

// empty makes the table as it was at first, and gives the server nothing else to do.
func empty(b *testing.B, pool *pgxpool.Pool) {
	b.Helper()
	for _, statement := range []string{"TRUNCATE prices", "CHECKPOINT"} {
		if _, err := pool.Exec(b.Context(), statement); err != nil {
			b.Fatal(err)
		}
	}
}

func expectFlushed(b *testing.B, n *Node, pool *pgxpool.Pool) {
	b.Helper()
	var rows int
	err := pool.QueryRow(b.Context(), "SELECT count(*) FROM prices").Scan(&rows)
	if left, _, _ := n.journal.Backlog(b.Context()); err != nil || rows != flushed || left > 0 {
		b.Fatalf("%d rows, %d left in the outbox, %v", rows, left, err)
	}
}

// bareInsert is the statement of the store.
const bareInsert = `INSERT INTO prices
	(id, network, pair, price, first_signer, sign_data, round_time, observed_time, lastsigned_time)
SELECT id, network, pair, price::numeric, first_signer, sign_data::jsonb, round_time, observed_time, lastsigned_time
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
	$7::timestamptz[], $8::timestamptz[], $9::timestamptz[])
	AS r (id, network, pair, price, first_signer, sign_data, round_time, observed_time, lastsigned_time)
ON CONFLICT (id) DO NOTHING`

func bareArguments(b *testing.B, batch []consensus.Certificate) (arguments []any) {
	b.Helper()
	var texts [6][]string
	var times [3][]time.Time
	for _, c := range batch {
		r := c.Row()
		signData, err := json.Marshal(r.SignData)
		if err != nil {
			b.Fatal(err)
		}
		for i, s := range [...]string{r.ID.String(), r.Network, string(r.Pair), r.Price.String(), r.FirstSigner.String(), string(signData)} {
			texts[i] = append(texts[i], s)
		}
		for i, at := range [...]time.Time{r.RoundTime, r.ObservedTime, r.LastSignedTime} {
			times[i] = append(times[i], at)
		}
	}
	for _, column := range texts {
		arguments = append(arguments, column)
	}
	for _, column := range times {
		arguments = append(arguments, column)
	}
	return arguments
}
