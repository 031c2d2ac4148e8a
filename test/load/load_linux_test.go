package load_test

import (
	"cmp"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/gossip-price/gossip-price/consensus/store/postgrestest"
	"github.com/gossip-price/gossip-price/migrations"
)

const (
	// patience ends the waits of the test: for the mesh, and for the last rows.
	patience = time.Minute
	// warmUp is how long a long run may take until nothing grows any more: reports are held for two minutes, and gossipsub forgets
	// messages within three.
	warmUp = 240 * time.Second
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
	t.Logf("\n| pairs | seconds | prices a second, proposal to row | with a quorum | lost | without a quorum | proposal to row p50 | p99 |\n"+
		"|---|---|---|---|---|---|---|---|\n| %d | %.0f | %.0f | %d | %d | %d | %v | %v |\n", pairs, seconds, float64(n.stored)/seconds,
		all.stored+all.full, all.full, all.proposed-all.stored-all.full, told.quantile(0.5), told.quantile(0.99))
	if os.Getenv("LOAD_TIME") == "" {
		return // that nothing is lost is all that a short run can say
	}
	p := measureParts(t, databaseURL, pairs*nodes, max(1, n.written/int(seconds)/nodes))
	report(t, n, cpu, seconds, p, memory)
}

// report tells the measurements as a table.
func report(t *testing.T, n counts, cpu time.Duration, seconds float64, p parts, memory []int) {
	t.Helper()
	signatures := n.proposed + n.signed
	share := func(count int) float64 { return float64(count) / float64(n.stored) }
	var sum time.Duration
	var rows strings.Builder
	row := func(what string, times float64, each time.Duration) {
		all := time.Duration(times * float64(each))
		sum += all
		fmt.Fprintf(&rows, "| %s | %.2f | %v | %v |\n", what, times, each.Round(time.Microsecond), all.Round(time.Microsecond))
	}
	row("signatures made", share(signatures), p.sign)
	row("signatures recovered", share(signatures*(nodes-1)), p.recover)
	row("messages of bare gossipsub, all five hosts", share(signatures), p.message)
	row("rows of a bare insert", share(n.written), p.insert)
	ours, bare := cpu/time.Duration(n.stored), sum
	row("journals of all nodes, bare SQLite, fewest transactions", 1, p.journal)
	t.Logf("\n| CPU of a price | times | each | together |\n|---|---|---|---|\n%s"+
		"| **the five nodes** | | | %v |\n| **ratio to signatures, messages and rows** (target 1.3) | | | %.2f |\n"+
		"| **ratio to these and the journals** | | | %.2f |\n| cores busy | | | %.2f |\n", rows.String(), ours.Round(time.Microsecond),
		float64(ours)/float64(bare), float64(ours)/float64(sum), cpu.Seconds()/seconds)
	if len(memory) >= 60 {
		third := len(memory) / 3
		t.Logf("\n| RssAnon of all five | first third | last third |\n|---|---|---|\n| %.0f s after a start of %v | %d MiB | %d MiB |\n",
			float64(len(memory)), warmUp, mean(memory[:third])>>10, mean(memory[len(memory)-third:])>>10)
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
