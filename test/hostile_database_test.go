package test_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/store/postgrestest"
	"github.com/gossip-price/gossip-price/migrations"
	"github.com/gossip-price/gossip-price/node"
)

// A database that refuses, that holds foreign rows, and that says yes and stores nothing. It can lose prices, for nothing
// is read back yet; it can't make a false one pass, and the network goes on.
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
	// What it swallows is lost, and what is put in its place is no proof.
	do(`CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$`)
	do(`CREATE TRIGGER swallow BEFORE INSERT ON prices FOR EACH ROW EXECUTE FUNCTION swallow()`)
	swallowed := v.quorumsDuring(t, 3*v.cfg.FetchPriceInterval)
	do(`DROP TRIGGER swallow ON prices`)
	under := v.wholeRounds(2, 4)
	lost := v.missing(swallowed)
	do(`INSERT INTO prices SELECT '0x'||md5(id)||md5(pair), network, pair, price*2, first_signer, sign_data, round_time, observed_time,
		lastsigned_time, created_time FROM prices LIMIT 5`)
	bad := 0
	for _, row := range readRows(t, v.cfg.DatabaseURL) {
		if row.Verify(consensus.NewRoster(v.cfg.Signers...).Contains, v.cfg.MinimumSignerCount) != nil {
			bad++
		}
	}
	if bad != 5 {
		t.Errorf("%d rows don't verify, want the 5 foreign ones", bad)
	}
	do(`DELETE FROM prices WHERE id IN (SELECT '0x'||md5(id)||md5(pair) FROM prices)`)
	if err := admin.Close(t.Context()); err != nil {
		t.Error(err)
	}
	v.attacked(calm, under, fmt.Sprintf("of %d refused none lost; of %d swallowed %d lost", len(refused), len(swallowed), lost))
}

// quorumsDuring returns the prices that reach their quorum, and would be written, during some time.
func (v *village) quorumsDuring(t *testing.T, d time.Duration) []note {
	t.Helper()
	began := time.Now()
	if !sleep(t.Context(), d) {
		t.Fatal("interrupted")
	}
	quorums := v.told.find(node.Quorum, since(began), func(n note) bool { return n.by == v.nodes[0].Address() })
	if len(quorums) == 0 {
		t.Error("no price had a quorum meanwhile, so nothing was tested")
	}
	if !sleep(t.Context(), v.cfg.SettlePeriod+2*v.cfg.FlushInterval) { // they have come due
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
