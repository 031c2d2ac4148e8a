package test_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/store/postgrestest"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/migrations"
	"github.com/gossip-price/gossip-price/node"
)

// A database that refuses, that says yes and stores nothing, that stores other content, and that holds foreign rows. What
// it says yes to is read back, so it loses no price, and it can't make a false one pass; the network goes on.
func TestHostileDatabase(t *testing.T) {
	t.Parallel()
	v := newVillage(t, 4)
	v.cfg.DatabaseURL = postgrestest.Start(t).Database(t)
	if _, err := migrations.Apply(t.Context(), v.cfg.DatabaseURL, ""); err != nil {
		t.Fatal(err)
	}
	v.open()
	calm := v.wholeRounds(2, 4)
	admin, err := pgx.Connect(t.Context(), v.cfg.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	do := func(statement string) {
		t.Helper()
		if _, err := admin.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	// What it refuses stays in the outboxes.
	do(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$`)
	do(`CREATE TRIGGER refuse BEFORE INSERT ON prices FOR EACH ROW EXECUTE FUNCTION refuse()`)
	refused := v.quorumsDuring(t, 3*v.cfg.FetchPriceInterval)
	do(`DROP TRIGGER refuse ON prices`)
	eventually(t, socketPatience, "what was refused is written", func() bool { return v.missing(refused) == 0 })
	// What it swallows is missed and written again.
	do(`CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$`)
	do(`CREATE TRIGGER swallow BEFORE INSERT ON prices FOR EACH ROW EXECUTE FUNCTION swallow()`)
	swallowed := v.quorumsDuring(t, 3*v.cfg.FetchPriceInterval)
	v.expectMissed(t, "what was swallowed is missed")
	do(`DROP TRIGGER swallow ON prices`)
	eventually(t, socketPatience, "what was swallowed is written", func() bool { return v.missing(swallowed) == 0 })
	// What it falsifies is told, and is written when the false rows are deleted.
	do(`CREATE FUNCTION falsify() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.price := NEW.price * 2; RETURN NEW; END $$`)
	do(`CREATE TRIGGER falsify BEFORE INSERT ON prices FOR EACH ROW EXECUTE FUNCTION falsify()`)
	falsified := v.quorumsDuring(t, 3*v.cfg.FetchPriceInterval)
	v.expectMissed(t, "what was falsified is told")
	do(`DROP TRIGGER falsify ON prices`)
	for _, row := range v.unsound(t) {
		do(`DELETE FROM prices WHERE id = '` + row.ID.String() + `'`)
	}
	eventually(t, socketPatience, "what was falsified is written", func() bool { return v.missing(falsified) == 0 })
	if bad := len(v.unsound(t)); bad > 0 {
		t.Errorf("%d false rows", bad)
	}
	under := v.wholeRounds(2, 4)
	// Foreign rows are no proofs.
	do(`INSERT INTO prices SELECT '0x'||md5(id)||md5(pair), network, pair, price*2, first_signer, sign_data, round_time, observed_time,
		lastsigned_time, created_time FROM prices LIMIT 5`)
	if bad := len(v.unsound(t)); bad != 5 {
		t.Errorf("%d rows don't verify, want the 5 foreign ones", bad)
	}
	do(`DELETE FROM prices WHERE id IN (SELECT '0x'||md5(id)||md5(pair) FROM prices)`)
	if err := admin.Close(t.Context()); err != nil {
		t.Error(err)
	}
	v.attacked(calm, under, fmt.Sprintf("of %d refused, %d swallowed, %d falsified none lost", len(refused), len(swallowed), len(falsified)))
}

// expectMissed waits until a node tells that rows are missing or false.
func (v *village) expectMissed(t *testing.T, what string) {
	t.Helper()
	eventually(t, socketPatience, what, func() bool {
		return slices.ContainsFunc(v.nodes, func(n *node.Node) bool { return hasProblem(n.Ready(), "rows") })
	})
}

// unsound returns the rows that don't verify.
func (v *village) unsound(t *testing.T) []consensus.Row {
	t.Helper()
	return slices.DeleteFunc(readRows(t, v.cfg.DatabaseURL), func(r consensus.Row) bool {
		return r.Verify(consensus.NewRoster(v.cfg.Signers...).Contains, v.cfg.MinimumSignerCount) == nil
	})
}

// quorumsDuring returns the prices that reach their quorum, and would be written, during some time.
func (v *village) quorumsDuring(t *testing.T, d time.Duration) []note {
	t.Helper()
	began := time.Now()
	if !global.Wait(t.Context(), d) {
		t.Fatal("interrupted")
	}
	quorums := v.told.find(node.Quorum, since(began), func(n note) bool { return n.by == v.nodes[0].Address() })
	if len(quorums) == 0 {
		t.Error("no price had a quorum meanwhile, so nothing was tested")
	}
	if !global.Wait(t.Context(), v.cfg.SettlePeriod+2*v.cfg.FlushInterval) { // they have come due
		t.Fatal("interrupted")
	}
	return quorums
}

// missing returns how many of the prices have no row.
func (v *village) missing(quorums []note) int {
	v.t.Helper()
	there := make(map[string]bool)
	for _, row := range readRows(v.t, v.cfg.DatabaseURL) {
		there[row.ID.String()] = true
	}
	missing := 0
	for _, n := range quorums {
		if !there[n.ID.String()] {
			missing++
		}
	}
	return missing
}
