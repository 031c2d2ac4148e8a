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
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/consensus/store/postgrestest"
	"github.com/gossip-price/gossip-price/consensus/store/storetest"
	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/migrations"
)

const (
	flushed    = 10_000 // certificates of a backlog
	flushTurns = 5
	// leastRate is far below what docs/performance.md tells: this machine may be busy with other things.
	leastRate = 0.25
)

// TestFlushRate flushes a backlog from a journal to a server that syncs, and inserts the same rows by the bare statement, ready
// made, in turns. It tells the shortest times, and what merging a report takes meanwhile.
func TestFlushRate(t *testing.T) { //nolint:paralleltest // it measures
	if testing.Short() {
		t.Skip("takes 30 s")
	}
	address := postgrestest.StartDurable(t).Database(t)
	if _, err := migrations.Apply(t.Context(), address, ""); err != nil {
		t.Fatal(err)
	}
	pool, err := pgxpool.New(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	n, all := flushingNode(t, address), storetest.NewSigners(t, "n", 3).Certificates(t, flushed)
	ready := slices.Collect(slices.Chunk(all, flushBatch))
	statements := make([][]any, len(ready))
	for i, batch := range ready {
		statements[i] = bareArguments(t, batch)
	}
	var bare, flush, calm, busy []time.Duration
	for range flushTurns {
		calm = append(calm, mergeTimes(t, func() { <-time.After(300 * time.Millisecond) })...)
		empty(t, pool)
		began := time.Now()
		for _, arguments := range statements {
			if _, err := pool.Exec(t.Context(), bareInsert, arguments...); err != nil {
				t.Fatal(err)
			}
		}
		bare = append(bare, time.Since(began))
		for _, merging := range []bool{false, true} {
			empty(t, pool)
			if err := n.journal.Keep(t.Context(), all); err != nil {
				t.Fatal(err)
			}
			if merging {
				busy = append(busy, mergeTimes(t, func() { n.flush(t.Context()) })...)
			} else {
				began = time.Now()
				n.flush(t.Context())
				flush = append(flush, time.Since(began))
			}
			expectFlushed(t, n, pool)
		}
	}
	rate := float64(slices.Min(bare)) / float64(slices.Min(flush))
	t.Logf("flush of %d: %s, bare insert %s: %.2f of its rate", flushed, round(slices.Min(flush)), round(slices.Min(bare)), rate)
	t.Logf("merging a report, p50 and p99: %s and %s; during a flush %s and %s",
		quantile(calm, 0.5), quantile(calm, 0.99), quantile(busy, 0.5), quantile(busy, 0.99))
	if rate < leastRate {
		t.Errorf("the flush has %.2f of the rate of bare inserts", rate)
	}
}

// flushingNode returns what of a node a flush needs.
func flushingNode(t *testing.T, address string) *Node {
	t.Helper()
	prices, err := store.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = prices.Close() })
	journal, err := store.OpenJournal(t.Context(), filepath.Join(t.TempDir(), "node.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = journal.Close() })
	return &Node{
		cfg: config.Config{FlushInterval: 30 * time.Second}, log: slog.New(slog.DiscardHandler), now: time.Now,
		health: newHealth(), meters: newMeters(nil), engine: consensus.NewEngine(consensus.Policy{}), journal: journal, prices: prices,
	}
}

// empty makes the table as it was at first, and gives the server nothing else to do.
func empty(t *testing.T, pool *pgxpool.Pool) {
	t.Helper()
	for _, statement := range []string{"TRUNCATE prices", "CHECKPOINT"} {
		if _, err := pool.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
}

func expectFlushed(t *testing.T, n *Node, pool *pgxpool.Pool) {
	t.Helper()
	var rows int
	err := pool.QueryRow(t.Context(), "SELECT count(*) FROM prices").Scan(&rows)
	if left, _, _ := n.journal.Backlog(t.Context()); err != nil || rows != flushed || left > 0 {
		t.Fatalf("%d rows, %d left in the outbox, %v", rows, left, err)
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

func bareArguments(t *testing.T, batch []consensus.Certificate) (arguments []any) {
	t.Helper()
	var texts [6][]string
	var times [3][]time.Time
	for _, c := range batch {
		r := c.Row()
		signData, err := json.Marshal(r.SignData)
		if err != nil {
			t.Fatal(err)
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
