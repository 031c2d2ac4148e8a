package migrations_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/gossip-price/gossip-price/consensus/store/postgrestest"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/migrations"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestMigrate(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	for name, test := range map[string]func(*testing.T, string){
		"from nothing":           fromNothing,
		"twice":                  twice,
		"plan changes nothing":   planOnly,
		"at once":                atOnce,
		"users' things survive":  usersThings,
		"missing parts":          missingParts,
		"own schema":             ownSchema,
		"no schema":              noSchema,
		"all or nothing":         allOrNothing,
		"schema holds the rules": rules,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, server.Database(t))
		})
	}
	for name, c := range refusals() {
		t.Run("refused: "+name, func(t *testing.T) {
			t.Parallel()
			refused(t, server.Database(t), c[0], c[1])
		})
	}
}

func fromNothing(t *testing.T, address string) {
	statements := apply(t, address)
	want := []string{
		`CREATE TABLE "public"."price_store"`, `CREATE TABLE "public"."prices"`,
		`CREATE INDEX "prices_created_time_id"`, `CREATE INDEX "prices_network_pair_round_time"`,
		`INSERT INTO "public"."price_store"`,
	}
	for _, prefix := range want {
		if !slices.ContainsFunc(statements, func(s string) bool { return strings.HasPrefix(s, prefix) }) {
			t.Errorf("no statement %q in:\n%s", prefix, strings.Join(statements, "\n"))
		}
	}
	columns := ask(t, address, `SELECT string_agg(column_name || ' ' || data_type || coalesce(
		'(' || numeric_precision || ',' || numeric_scale || ')', '(' || datetime_precision || ')', '')
		|| ' ' || is_nullable, E'\n' ORDER BY ordinal_position)
		FROM information_schema.columns WHERE table_name = 'prices'`)
	wantColumns := strings.Join([]string{
		"id text NO", "network text NO", "pair text NO", "price numeric(38,18) NO", "first_signer text NO",
		"sign_data jsonb NO", "round_time timestamp with time zone(6) NO",
		"observed_time timestamp with time zone(3) NO", "lastsigned_time timestamp with time zone(3) NO",
		"created_time timestamp with time zone(3) NO",
	}, "\n")
	if columns != wantColumns {
		t.Errorf("columns:\n%s\nwant:\n%s", columns, wantColumns)
	}
	if schemas := ask(t, address, "SELECT count(*)::text FROM pg_namespace WHERE nspname LIKE 'gossip%'"); schemas != "0" {
		t.Errorf("%s throw-away schemas are left", schemas)
	}
}

func twice(t *testing.T, address string) {
	apply(t, address)
	id := storeID(t, address)
	if again := apply(t, address); len(again) > 0 {
		t.Errorf("the second time ran %q", again)
	}
	if got := storeID(t, address); got != id || len(id) < 16 {
		t.Errorf("the store's id went from %q to %q", id, got)
	}
	do(t, address, "DELETE FROM price_store")
	if again := apply(t, address); len(again) != 1 {
		t.Errorf("without the store's id ran %q", again)
	}
	if got := storeID(t, address); got == id {
		t.Errorf("the store's id %q is not random", id)
	}
}

func planOnly(t *testing.T, address string) {
	plan, err := migrations.Plan(t.Context(), address, "")
	if err != nil {
		t.Fatal(err)
	}
	if n := ask(t, address, "SELECT count(*)::text FROM pg_tables WHERE schemaname = 'public'"); n != "0" {
		t.Errorf("the plan made %s tables", n)
	}
	if statements := apply(t, address); !slices.Equal(statements, plan) {
		t.Errorf("planned %q, ran %q", plan, statements)
	}
	if plan, err = migrations.Plan(t.Context(), address, ""); err != nil || len(plan) > 0 {
		t.Errorf("planned %q, %v for a database that is up to date", plan, err)
	}
}

func atOnce(t *testing.T, address string) {
	const processes = 8
	var wg sync.WaitGroup
	worked := make(chan int, processes)
	for range processes {
		wg.Go(func() {
			statements, err := migrations.Apply(t.Context(), address, "")
			if err != nil {
				t.Error(err)
			}
			worked <- len(statements)
		})
	}
	wg.Wait()
	close(worked)
	workers := 0
	for n := range worked {
		workers += min(n, 1)
	}
	if workers != 1 {
		t.Errorf("%d of %d found work to do", workers, processes)
	}
	storeID(t, address)
}

func TestBadURL(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"postgres://u:pass word@h/d", "postgres://u:p@h/d?sslmode=perhaps"} {
		for _, migrate := range []func() ([]string, error){
			func() ([]string, error) { return migrations.Plan(t.Context(), address, "") },
			func() ([]string, error) { return migrations.Apply(t.Context(), address, "") },
		} {
			if _, err := migrate(); !errors.Is(err, global.ErrMalformed) {
				t.Errorf("%s: %v", address, err)
			}
		}
	}
}

func TestServerAway(t *testing.T) {
	t.Parallel()
	_, err := migrations.Apply(t.Context(), "postgres://u:secretword@127.0.0.1:1/d", "")
	if err == nil || strings.Contains(err.Error(), "secretword") {
		t.Errorf("Apply without a server = %v", err)
	}
}
