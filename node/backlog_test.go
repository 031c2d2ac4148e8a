package node_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/consensus/store/storetest"
	"github.com/gossip-price/gossip-price/node"
	"github.com/gossip-price/gossip-price/node/api"
)

// fill opens the journal of a node that does not run.
func fill(t *testing.T, m *member, do func(j *store.Journal) error) {
	t.Helper()
	j, err := store.OpenJournal(t.Context(), m.cfg.JournalPath())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(do(j), j.Close()); err != nil {
		t.Fatal(err)
	}
}

// onStore runs a statement on the price store's file.
func onStore(t *testing.T, m *member, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", strings.TrimPrefix(m.cfg.DatabaseURL, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), statement)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

// A certificate that the store refuses, and one that can't be read, are told once each, stay in the journal, and hold up none
// of the others.
func TestPoison(t *testing.T) {
	t.Parallel()
	m := newMember(t, newKey(t))
	m.start()
	m.wait(node.Stored)
	m.halt()
	all := storetest.NewSigners(t, "test", 1).Certificates(t, 20)
	fill(t, m, func(j *store.Journal) error { return j.Keep(t.Context(), all) })
	onStore(t, m, `CREATE TRIGGER refuse BEFORE INSERT ON prices WHEN new.id = '`+all[5].ID.String()+`' BEGIN SELECT raise(ABORT, 'no'); END`)
	spoilReport(t, m, all[9].ID)
	m.start()
	eventually(t, "18 rows", func() bool { return len(m.steps(node.Stored)) == 18 })
	eventually(t, "readiness", func() bool { return len(m.node.Ready()) == 0 })
	eventually(t, "two notes", func() bool { return strings.Count(m.logged(), "is set aside") == 2 })
	log := m.logged()
	for _, i := range []int{5, 9} {
		if n := strings.Count(log, "certificate "+all[i].ID.String()+" is set aside"); n != 1 || !hasLine(log, "level=ERROR", all[i].ID.String()) {
			t.Errorf("certificate %d: told %d times in\n%s", i, n, log)
		}
	}
	m.halt()
	onStore(t, m, "DROP TRIGGER refuse")
	fill(t, m, func(j *store.Journal) error {
		if n, err := j.Readmit(t.Context()); n != 2 || err != nil {
			t.Errorf("Readmit = %d, %v", n, err)
		}
		return nil
	})
	m.start()
	eventually(t, "the one that was refused", func() bool {
		return slices.ContainsFunc(m.steps(node.Stored), func(e node.Event) bool { return e.ID == all[5].ID })
	})
	eventually(t, "the other one aside", func() bool { return strings.Contains(m.logged(), all[9].ID.String()+" is set aside") })
}

func spoilReport(t *testing.T, m *member, id signing.Digest) {
	t.Helper()
	db, err := sql.Open("sqlite", m.cfg.JournalPath())
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), "UPDATE outbox SET report = x'ff' WHERE id = ?", id[:])
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

// While the store refuses everything nothing is set aside, and log and health tell how much waits for how long.
func TestBacklogIsTold(t *testing.T) {
	t.Parallel()
	m := newMember(t, newKey(t))
	m.start()
	m.wait(node.Stored)
	m.halt()
	all := storetest.NewSigners(t, "test", 1).Certificates(t, 1200) // rounds of 20 hours
	fill(t, m, func(j *store.Journal) error { return j.Keep(t.Context(), all) })
	onStore(t, m, `CREATE TRIGGER refuse BEFORE INSERT ON prices BEGIN SELECT raise(ABORT, 'no'); END`)
	m.start()
	eventually(t, "the backlog", func() bool {
		return hasLine(m.logged(), "write prices", "waiting=120", "oldest=", "the store refuses every price")
	})
	expectProblem(t, m.node, "store", " prices wait, the oldest for ")
	onStore(t, m, "DROP TRIGGER refuse")
	eventually(t, "all rows", func() bool { return len(m.steps(node.Stored)) >= 1200 })
	stored := m.steps(node.Stored)
	for i, e := range stored[1:1200] { // oldest first
		if before := stored[i].Observation.Round; e.Observation.Round < before-2*60 {
			t.Fatalf("round %d after %d", e.Observation.Round, before)
		}
	}
}

// A store that takes none of the oldest prices, more than one batch of them, holds up no newer ones: the old ones are set aside.
func TestOldPricesRefused(t *testing.T) {
	t.Parallel()
	m := newMember(t, newKey(t))
	m.start()
	m.wait(node.Stored)
	m.halt()
	all := storetest.NewSigners(t, "test", 1).Certificates(t, 560)
	slices.SortFunc(all, func(a, b consensus.Certificate) int { return a.LastSigned.Compare(b.LastSigned) })
	const old = 520
	fill(t, m, func(j *store.Journal) error { return j.Keep(t.Context(), all) })
	onStore(t, m, `CREATE TRIGGER refuse BEFORE INSERT ON prices WHEN new.lastsigned_time < '`+
		all[old].LastSigned.Format(consensus.TimeFormat)+`' BEGIN SELECT raise(ABORT, 'no'); END`)
	m.start()
	eventually(t, "the newer prices", func() bool {
		n := 0
		for _, e := range m.steps(node.Stored) {
			if slices.ContainsFunc(all[old:], func(c consensus.Certificate) bool { return c.ID == e.ID }) {
				n++
			}
		}
		return n == len(all)-old
	})
	eventually(t, "readiness", func() bool { return len(m.node.Ready()) == 0 })
	eventually(t, "the old ones to be set aside, each told", func() bool {
		return strings.Count(m.logged(), "is set aside") == old
	})
}

// A node whose journal turns out to be damaged stops with a clear error, and comes up again on a new one.
func TestDamagedJournalStopsNode(t *testing.T) {
	t.Parallel()
	m := newMember(t, newKey(t))
	refusals := make([]store.Refusal, 60_000) // several times what SQLite's cache holds after the check at the start
	o := storetest.NewSigners(t, "test", 1).Certificates(t, 1)[0].Observation
	for i := range refusals {
		refusals[i] = store.Refusal{ID: signing.Digest{byte(i), byte(i >> 8)}, Observation: o, Reason: consensus.RefusedDoubleSign, At: m.now()}
	}
	fill(t, m, func(j *store.Journal) error { return j.KeepRefusals(t.Context(), refusals) })
	m.start()
	m.wait(node.Quorum)
	spoilPages(t, m.cfg.JournalPath())
	old := api.RefusalQuery{ID: []byte{0}, Limit: 500} // one in 256, from all over the table
	if _, err := m.node.Refusals(t.Context(), old); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("Refusals = %v", err)
	}
	select {
	case err := <-m.ended:
		m.stop()
		m.stop = nil
		if !errors.Is(err, store.ErrDamaged) || !strings.Contains(err.Error(), m.cfg.JournalPath()) {
			t.Errorf("Run = %v", err)
		}
	case <-time.After(patience):
		t.Fatal("the node goes on")
	}
	m.start()
	eventually(t, "the damage told", func() bool { return hasLine(m.logged(), "level=ERROR", "the journal was damaged") })
	if kept, _ := filepath.Glob(m.cfg.JournalPath() + ".damaged-*"); len(kept) == 0 {
		t.Error("the damaged file is gone")
	}
}

func spoilPages(t *testing.T, path string) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const beginning = 20 * 4096
	for i := beginning; i < len(content); i++ {
		content[i] = 0xa5
	}
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = file.WriteAt(content[beginning:], beginning)
	if err := errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
}
