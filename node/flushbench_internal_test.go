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

// BenchmarkFlush flushes a backlog from a journal to a server that syncs, and inserts the same rows by the bare statement,
// ready made, in turns. Its figures are the flush's rate as a part of the bare one, by the shortest times of flushTurns, and
// what merging a report takes without and during a flush.
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
	ready := slices.Collect(slices.Chunk(all, flushBatch))
	statements := make([][]any, len(ready))
	for i, batch := range ready {
		statements[i] = bareArguments(b, batch)
	}
	for b.Loop() {
		var bare, flush, calm, busy []time.Duration
		for range flushTurns {
			calm = append(calm, mergeTimes(b, func() { <-time.After(300 * time.Millisecond) })...)
			bare = append(bare, insertBare(b, pool, statements))
			fill(b, n, pool, all)
			began := time.Now()
			n.flush(b.Context(), n.writing.Tasks)
			flush = append(flush, time.Since(began))
			expectFlushed(b, n, pool)
			fill(b, n, pool, all)
			busy = append(busy, mergeTimes(b, func() { n.flush(b.Context(), n.writing.Tasks) })...)
			expectFlushed(b, n, pool)
		}
		b.ReportMetric(float64(slices.Min(bare))/float64(slices.Min(flush)), "of-bare-rate")
		b.ReportMetric(float64(quantile(calm, 0.99))/1000, "µs-merge-p99")
		b.ReportMetric(float64(quantile(busy, 0.99))/1000, "µs-merge-p99-flushing")
	}
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
