package store_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/consensus/store/postgrestest"
)

// step is a node of a plan of Postgres, with what came of it.
type step struct {
	Kind     string  `json:"Node Type"`
	Index    string  `json:"Index Name"`
	Rows     float64 `json:"Actual Rows"` // of each loop
	Loops    float64 `json:"Actual Loops"`
	Filtered float64 `json:"Rows Removed by Filter"`
	Plans    []step  `json:"Plans"`
}

// pages has each page of the prices of a pair read off the index, of 100,000 rows no more than it shows and those of a round more:
// the newest, the oldest, those between, within bounds, of a pair without any, both planned for its values and for any.
func pages(t *testing.T, server *postgrestest.Server) {
	const (
		rows    = 100_000
		aRound  = 16 // rows of a pair
		limit   = 101
		rounds  = rows / 2 / aRound
		columns = "(id, network, pair, price, first_signer, sign_data, round_time, observed_time, lastsigned_time)"
	)
	first := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	round := func(n int) time.Time { return first.Add(time.Duration(n) * time.Minute) }
	address := migrated(t, server)
	execute(t, address, fmt.Sprintf(`INSERT INTO prices %s
		SELECT '0x' || md5(n::text) || md5('b' || n), 'acme', CASE n %% 2 WHEN 0 THEN 'ETH-USD' ELSE 'BTC-USD' END, 3000, '0x', '[]', at, at, at
		FROM (SELECT n, timestamptz '%s' + n / %d * interval '1 minute' AS at FROM generate_series(0, %d) n) r`,
		columns, first.Format(time.RFC3339), 2*aRound, rows-1))
	execute(t, address, "VACUUM ANALYZE prices")
	middle := store.Place{Round: round(rounds / 2), ID: signing.Digest{0x80}}
	for name, q := range map[string]store.Query{
		"the newest":      {},
		"from a cursor":   {Below: middle},
		"near the end":    {Below: store.Place{Round: round(1), ID: signing.Digest{0x80}}},
		"since":           {Since: round(rounds / 3)},
		"since, no more":  {Since: round(2 * rounds)},
		"until":           {Until: round(rounds / 3)},
		"between":         {Since: round(10), Until: round(13)},
		"cursor, between": {Below: middle, Since: round(rounds / 3), Until: round(rounds / 2)},
		"another network": {Network: "other"},
		"no such pair":    {Pair: "A-B"},
	} {
		q.Limit = limit
		if q.Network == "" {
			q.Network = "acme"
		}
		if q.Pair == "" {
			q.Pair = "ETH-USD"
		}
		for _, mode := range []string{"force_custom_plan", "force_generic_plan", "auto"} {
			plan := explain(t, address, mode, q)
			var read float64
			walk(plan, func(s step) {
				if !strings.HasSuffix(s.Kind, "Scan") {
					return // it has, and may sort, what the scan below it has read
				}
				read += s.Loops * (s.Rows + s.Filtered)
				if s.Index != "prices_network_pair_round_time" {
					t.Errorf("%s, %s: %s of %g rows by %q", name, mode, s.Kind, s.Rows, s.Index)
				}
			})
			if most := float64(limit + 2*aRound); read > most {
				t.Errorf("%s, %s: %g rows read for a page of %d, want at most %g", name, mode, read, limit, most)
			}
		}
	}
}

// explain returns the plan by which Postgres read a page, on a connection that prepares statements as those of a store do.
func explain(t *testing.T, address, mode string, q store.Query) step {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	statement, arguments := store.PostgresNewest(q)
	if _, err := conn.Exec(t.Context(), "SET plan_cache_mode = "+mode); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), "PREPARE page AS "+statement); err != nil {
		t.Fatal(err)
	}
	literals := make([]string, len(arguments))
	for i, a := range arguments {
		if at, ok := a.(time.Time); ok {
			a = at.Format(time.RFC3339Nano)
		}
		literals[i] = fmt.Sprintf("'%v'", a)
	}
	var text []byte
	for range 7 { // by the sixth Postgres has chosen
		if err := conn.QueryRow(t.Context(), "EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE page("+strings.Join(literals, ", ")+")").Scan(&text); err != nil {
			t.Fatal(err)
		}
	}
	var plans []struct{ Plan step }
	if err := json.Unmarshal(text, &plans); err != nil || len(plans) != 1 {
		t.Fatalf("%v: %s", err, text)
	}
	return plans[0].Plan
}

// walk visits a step and all below it.
func walk(s step, visit func(step)) {
	visit(s)
	for _, below := range s.Plans {
		walk(below, visit)
	}
}
