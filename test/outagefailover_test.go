package test_test

import (
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus/store/postgrestest"
	"github.com/gossip-price/gossip-price/migrations"
)

// TestOutageFailover has the primary of the database that four nodes share crash under them, and its standby take over some
// seconds later. The nodes find it by themselves, and every price that had its quorum before, meanwhile or after is stored.
func TestOutageFailover(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes 30 s, of waiting most")
	}
	pair := postgrestest.StartPair(t)
	v := newVillage(t, 4)
	v.cfg.DatabaseURL = pair.Both(t, pair.Database(t))
	if _, err := migrations.Apply(t.Context(), v.cfg.DatabaseURL, ""); err != nil {
		t.Fatal(err)
	}
	v.open()
	before := v.quorumsDuring(t, 6*time.Second)
	pair.Crash(t)
	began := time.Now()
	meanwhile := v.quorumsDuring(t, 4*time.Second)
	waited := v.unwritten(meanwhile, began)
	if waited == 0 || len(meanwhile) < 4 {
		t.Errorf("%d prices had a quorum while there was no primary, %d of them wait", len(meanwhile), waited)
	}
	pair.Promote(t)
	ended := time.Now()
	eventually(t, socketPatience, "all prices are stored", func() bool { return v.missing(append(before, meanwhile...)) == 0 })
	t.Logf("outage: failover | %s | %d prices meanwhile, %d waited, 0 lost | all stored after %s",
		ended.Sub(began).Round(time.Second), len(meanwhile), waited, time.Since(ended).Round(100*time.Millisecond))
	v.wholeRounds(2, 4)
}
