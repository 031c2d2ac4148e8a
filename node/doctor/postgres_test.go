package doctor_test

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/gossip-price/gossip-price/consensus/store/postgrestest"
	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/migrations"
	"github.com/gossip-price/gossip-price/node/api"
)

// A server's database is looked at by the role that a migration makes for nodes: before it, after it, with too few rights, with too
// many, and as its owner.
func TestPostgres(t *testing.T) {
	t.Parallel()
	owner, nodes := postgrestest.Start(t).NodeDatabase(t)
	cfg := config.Default()
	cfg.PrivateKey, cfg.DataDir, cfg.APIAddr, cfg.ConnectionAddr = newKey(t), t.TempDir(), freeAddr(t), nil
	cfg.PriceURL = replay(t, recording("3000"))
	expect := func(name string, state api.CheckState, says string) {
		t.Helper()
		if c := examine(t, cfg)[name]; c.State != state || !strings.Contains(c.Detail, says) {
			t.Errorf("%s is %s: %s", name, c.State, c.Detail)
		}
	}
	do := func(statement string) {
		t.Helper()
		conn, err := pgx.Connect(t.Context(), owner)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close(t.Context()) }()
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	cfg.DatabaseURL = owner
	expect("database", failing, "run: gossip-price migrate")
	if _, err := migrations.Apply(t.Context(), owner, nodes); err != nil {
		t.Fatal(err)
	}
	expect("database", api.CheckOK, "up to date")
	expect("database_role", warning, "DELETE on prices")
	cfg.DatabaseURL = nodes
	expect("database", api.CheckOK, "only its owner can compare it whole")
	expect("database_role", api.CheckOK, "no more")
	role, err := pgx.ParseConfig(nodes)
	if err != nil {
		t.Fatal(err)
	}
	do("GRANT DELETE ON prices TO " + role.User)
	expect("database_role", warning, "DELETE on prices")
	do("REVOKE INSERT (price) ON prices FROM " + role.User)
	expect("database_role", failing, "INSERT of price on prices")
	cfg.DatabaseURL = owner
	do("DROP INDEX prices_created_time_id")
	expect("database", warning, "would run 1 statements")
}
