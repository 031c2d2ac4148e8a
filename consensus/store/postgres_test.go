package store_test

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/consensus/store/postgrestest"
	"github.com/gossip-price/gossip-price/consensus/store/storetest"
	"github.com/gossip-price/gossip-price/global"
)

func TestPostgres(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	for name, test := range map[string]func(*testing.T, *postgrestest.Server){
		"contract": func(t *testing.T, server *postgrestest.Server) {
			t.Helper()
			storetest.Run(t, func(t *testing.T) string { return migrated(t, server) })
		},
		"not migrated":       notMigrated,
		"between statements": betweenStatements,
		"as an observer":     observer,
		"late row":           lateRow,
		"statement limit":    statementLimit,
		"pages":              pages,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, server)
		})
	}
}

// notMigrated wants to be told what to run, whatever is missing.
func notMigrated(t *testing.T, server *postgrestest.Server) {
	for name, statement := range map[string]string{
		"prices":      "DROP TABLE prices",
		"price_store": "DROP TABLE price_store",
		"id":          "DELETE FROM price_store",
		"column":      "ALTER TABLE prices DROP COLUMN lastsigned_time",
		"primary key": "ALTER TABLE prices DROP CONSTRAINT prices_pkey",
	} {
		address := migrated(t, server)
		prices := open(t, address)
		if err := prices.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		execute(t, address, statement)
		_, err := prices.Insert(t.Context(), store.NewBatch(storetest.NewSigners(t, "n", 1).Rows(t, 1)))
		if name == "id" || name == "price_store" || err == nil { // Insert doesn't need them
			err = prices.Check(t.Context())
		}
		if !errors.Is(err, global.ErrSchema) || !strings.Contains(err.Error(), "gossip-price migrate") {
			t.Errorf("without %s: %v", name, err)
		}
	}
	prices := open(t, server.Database(t))
	if err := prices.Check(t.Context()); !errors.Is(err, global.ErrSchema) {
		t.Errorf("an empty database: %v", err)
	}
}

// betweenStatements has the server refuse the second statement as a whole: the ids of the first are told, and a second try stores
// the rest.
func betweenStatements(t *testing.T, server *postgrestest.Server) {
	address := migrated(t, server)
	rows := storetest.NewSigners(t, "n", 1).Rows(t, 700)
	slices.SortFunc(rows, func(a, b consensus.Row) int { return strings.Compare(a.ID.String(), b.ID.String()) })
	execute(t, address, `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
		RAISE EXCEPTION 'no' USING ERRCODE = 'disk_full'; END $$;
		CREATE TRIGGER refuse BEFORE INSERT ON prices FOR EACH ROW WHEN (NEW.id = '`+rows[600].ID.String()+`')
		EXECUTE FUNCTION refuse()`)
	prices := open(t, address)
	stored, err := prices.Insert(t.Context(), store.NewBatch(rows))
	if _, some := errors.AsType[*store.RefusedError](err); err == nil || some || len(stored) != 500 || stored[0] != rows[0].ID {
		t.Errorf("stored %d, %v", len(stored), err)
	}
	execute(t, address, "DROP TRIGGER refuse ON prices")
	if stored, err = prices.Insert(t.Context(), store.NewBatch(rows)); err != nil || len(stored) != 200 {
		t.Errorf("then stored %d, %v", len(stored), err)
	}
}

// lateRow becomes visible after a row that was stored later, as it does when writers overlap: a Follower finds it.
func lateRow(t *testing.T, server *postgrestest.Server) {
	address := migrated(t, server)
	prices := open(t, address)
	rows := storetest.NewSigners(t, "n", 1).Rows(t, 3)
	f := store.Follow(prices, store.Query{}, nil)
	for i, age := range []string{"0 s", "19 s", "0 s"} {
		if _, err := prices.Insert(t.Context(), store.NewBatch(rows[i:i+1])); err != nil {
			t.Fatal(err)
		}
		execute(t, address, "UPDATE prices SET created_time = now() - interval '"+age+"' WHERE id = '"+
			rows[i].ID.String()+"'")
		got, err := f.Next(t.Context())
		if err != nil || len(got) != 1 || got[0].ID != rows[i].ID {
			t.Errorf("row %d: %v, %v", i, got, err)
		}
	}
}

// observer checks what a node's connection calls itself.
func observer(t *testing.T, server *postgrestest.Server) {
	address := migrated(t, server)
	if err := open(t, address).Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	var names, connections int
	const query = `SELECT count(*) FILTER (WHERE application_name = 'gossip-price'), count(*) FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid()`
	if err := conn.QueryRow(t.Context(), query).Scan(&names, &connections); err != nil {
		t.Fatal(err)
	}
	if names != 1 || connections != 1 {
		t.Errorf("%d of %d connections are gossip-price's", names, connections)
	}
}

// statementLimit has a statement wait for a lock: it ends by its limit and the rows are stored when the lock is gone.
func statementLimit(t *testing.T, server *postgrestest.Server) {
	address := migrated(t, server)
	limited, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	query := limited.Query()
	query.Set("statement_timeout", "200ms")
	limited.RawQuery = query.Encode()
	prices := open(t, limited.String())
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	if _, err := conn.Exec(t.Context(), "BEGIN; LOCK TABLE prices"); err != nil {
		t.Fatal(err)
	}
	rows := storetest.NewSigners(t, "n", 1).Rows(t, 2)
	if stored, err := prices.Insert(t.Context(), store.NewBatch(rows)); err == nil || len(stored) > 0 {
		t.Errorf("stored %v in a locked table", stored)
	}
	if _, err := conn.Exec(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if stored, err := prices.Insert(t.Context(), store.NewBatch(rows)); err != nil || len(stored) != 2 {
		t.Errorf("then stored %v, %v", stored, err)
	}
}

func open(t *testing.T, address string) store.Prices {
	t.Helper()
	prices, err := store.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = prices.Close() })
	return prices
}

func execute(t *testing.T, address, statement string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	if _, err := conn.Exec(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}
