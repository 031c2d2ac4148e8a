package load_test

import (
	"cmp"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/gossip-price/gossip-price/consensus/store/postgrestest"
	"github.com/gossip-price/gossip-price/migrations"
)

const (
	// patience ends the waits of the test: for the mesh, and for the last rows.
	patience = time.Minute
	// warmUp is how long a long run may take until nothing grows any more: reports are held for two minutes.
	warmUp = 150 * time.Second
	// messageBytes is the length of a report with two signatures, the middle one of a price's three messages.
	messageBytes = 290
)

// TestLoad lets five nodes make prices of many pairs every second, from memory, with journals and a Postgres, and looks for
// each that has a quorum in the store: none may be lost. LOAD_PAIRS makes it heavier. With LOAD_TIME it compares the CPU time
// of a price with that of its parts, and the memory of the first third with that of the last.
func TestLoad(t *testing.T) { //nolint:paralleltest // it measures
	pairs, err := strconv.Atoi(cmp.Or(os.Getenv("LOAD_PAIRS"), "8"))
	if err != nil {
		t.Fatal(err)
	}
	lasting, err := time.ParseDuration(cmp.Or(os.Getenv("LOAD_TIME"), "15s"))
	if err != nil {
		t.Fatal(err)
	}
	databaseURL := postgrestest.Start(t).Database(t)
	if _, err := migrations.Apply(t.Context(), databaseURL, ""); err != nil {
		t.Fatal(err)
	}
	told, source := newTally(), &market{}
	began := time.Now()
	net := start(t, settings(databaseURL, pairs), source, told)
	await(t, patience, "every node sees all others", net.meshed)
	t.Logf("from the first start to the mesh of %d nodes: %v", nodes, time.Since(began).Round(time.Millisecond))
	source.open.Store(true)
	await(t, patience, "rows", func() bool { return told.counts().stored > pairs })

	beforeLoad, beforeCPU, at := told.counts(), used(t), time.Now()
	memory := watchMemory(t, lasting)
	cpu, seconds := used(t)-beforeCPU, time.Since(at).Seconds()
	n := told.counts().since(beforeLoad)

	source.open.Store(false)
	<-time.After(2 * time.Second) // the last quorums
	await(t, patience, "every price with a quorum is told as stored", func() bool { return told.counts().full == 0 })
	net.end(t)
	all := told.counts()
	if rows := countRows(t, databaseURL); rows != all.stored || all.full > 0 {
		t.Errorf("%d prices were told as stored, %d rows are in the store", all.stored, rows)
	}
	// Where five nodes get too little of the machine, own prices come too late to sign by: that is no loss.
	t.Logf("%d pairs, %d nodes, %.0f s: %.0f prices a second from proposal to row, none lost of %d with a quorum; %d without; "+
		"proposal to row %v at p50, %v at p99", pairs, nodes, seconds, float64(n.stored)/seconds, all.stored, all.proposed-all.stored,
		told.quantile(0.5), told.quantile(0.99))
	if os.Getenv("LOAD_TIME") == "" {
		return // that nothing is lost is all that a short run can say
	}
	p := measureParts(t, databaseURL, pairs*nodes, max(1, n.written/int(seconds)/nodes))
	report(t, n, cpu, seconds, p, memory)
}

// report tells the measurements in rows of a table.
func report(t *testing.T, n counts, cpu time.Duration, seconds float64, p parts, memory []int) {
	t.Helper()
	each := func(count int, of time.Duration) float64 {
		return float64(count) * float64(of) / float64(n.stored) / float64(time.Microsecond)
	}
	signatures := n.proposed + n.signed
	made, recovered := each(signatures, p.sign), each(signatures*(nodes-1), p.recover)
	gossip, insert := each(signatures, p.message), each(n.written, p.insert)
	sum, ours := made+recovered+gossip+insert, each(1, cpu)
	t.Logf("CPU a price: %.0f us = %.2f times the sum of its parts, %.0f us: signatures made %.0f (%v each), recovered %.0f (%v each), "+
		"gossipsub %.0f (%v a message), insert %.0f (%v a row, %.1f rows sent a price)", ours, ours/sum, sum, made, p.sign, recovered,
		p.recover, gossip, p.message, insert, p.insert, float64(n.written)/float64(n.stored))
	t.Logf("%.1f cores busy; messages a price %.2f", cpu.Seconds()/seconds, float64(signatures)/float64(n.stored))
	if len(memory) >= 60 {
		third := len(memory) / 3
		t.Logf("RssAnon of all: %d MiB in the first third, %d MiB in the last", mean(memory[:third])>>10, mean(memory[len(memory)-third:])>>10)
	}
}

// watchMemory looks at the memory every second for so long, of long runs without the warm-up.
func watchMemory(t *testing.T, lasting time.Duration) (samples []int) {
	t.Helper()
	began, end := time.Now(), time.After(lasting)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-end:
			return samples
		case <-tick.C:
			if lasting < 2*warmUp || time.Since(began) > warmUp {
				samples = append(samples, anonymous(t))
			}
		}
	}
}

func mean(all []int) int {
	sum := 0
	for _, n := range all {
		sum += n
	}
	return sum / len(all)
}

func countRows(t *testing.T, databaseURL string) (rows int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM prices").Scan(&rows); err != nil {
		t.Fatal(err)
	}
	return rows
}
