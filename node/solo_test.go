package node_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/node"
	"github.com/gossip-price/gossip-price/node/api"
)

// A node that is its own quorum lives through a price's whole life, and its log tells it by the price's short id.
func TestLife(t *testing.T) {
	t.Parallel()
	m := newMember(t, newKey(t))
	m.start()
	stored := m.wait(node.Stored)
	if len(stored.Signers) != 1 || stored.Signers[0] != m.node.Address() || stored.ByOther {
		t.Errorf("stored: %+v", stored)
	}
	for _, step := range []node.Step{node.Fetched, node.Proposed, node.Quorum, node.Stored} {
		e := m.steps(step)
		if len(e) != 1 || e[0].ID != stored.ID || e[0].Observation.Price.String() != "3000.5" {
			t.Errorf("%s: %+v", step, e)
		}
		if !hasLine(m.logged(), string(step), "id="+stored.ID.Short()) {
			t.Errorf("no line of %q with the short id in\n%s", step, m.logged())
		}
	}
	eventually(t, "readiness", func() bool { return len(m.node.Ready()) == 0 })
	m.halt()
	checkRow(t, m, stored.ID)
	expectOutbox(t, m, 0)
}

// expectOutbox checks how many certificates wait in the journal of a node that was stopped.
func expectOutbox(t *testing.T, m *member, want int) {
	t.Helper()
	journal, err := store.OpenJournal(t.Context(), m.cfg.JournalPath())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = journal.Close() }()
	if waiting, err := journal.Waiting(t.Context()); err != nil || len(waiting) != want {
		t.Errorf("%d certificates wait, want %d: %v", len(waiting), want, err)
	}
}

// checkRow checks that the store has this row alone, and that it verifies.
func checkRow(t *testing.T, m *member, id signing.Digest) {
	t.Helper()
	prices, err := store.Open(t.Context(), m.cfg.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = prices.Close() }()
	rows, err := prices.Latest(t.Context(), store.Query{})
	if err != nil || len(rows) != 1 || rows[0].ID != id {
		t.Fatalf("rows: %v, %v", rows, err)
	}
	if err := rows[0].Verify(func(a signing.Address) bool { return a == m.cfg.Signers[0] }, 1); err != nil {
		t.Errorf("the row does not verify: %v", err)
	}
}

func hasLine(log string, words ...string) bool {
lines:
	for line := range strings.Lines(log) {
		for _, word := range words {
			if !strings.Contains(line, word) {
				continue lines
			}
		}
		return true
	}
	return false
}

// A node that starts again in the same round publishes the report of its journal, though the price is another by now.
func TestRestart(t *testing.T) {
	t.Parallel()
	m := newMember(t, newKey(t))
	m.cfg.SettlePeriod = time.Hour // nothing is stored meanwhile
	m.start()
	first := m.wait(node.Proposed)
	m.wait(node.Quorum)
	m.halt()
	m.feed.set("4000")
	m.start()
	eventually(t, "the second fetch", func() bool { return len(m.node.Ready()) == 0 })
	m.halt()
	// The certificate was taken out of the journal again: the proposal is known, and is not told a second time.
	m.cfg.SettlePeriod = time.Second
	m.start()
	if stored := m.wait(node.Stored); stored.ID != first.ID || stored.Observation.Price.String() != "3000.5" {
		t.Errorf("stored after restarts: %+v, proposed was %s", stored, first.ID)
	}
	if others := m.steps(node.Fetched); len(others) > 0 {
		t.Errorf("a second observation of the round: %+v", others)
	}
}

// Without quorum before the restart, the journal's report itself goes out again.
func TestRestartWithoutQuorum(t *testing.T) {
	t.Parallel()
	m := newMember(t, newKey(t))
	var run func()
	m.now, run = standing(time.Date(2026, 1, 2, 3, 59, 59, 0, time.UTC)) // the last second of a round: it waits for peers no longer
	m.feed.now = m.now
	m.cfg.Signers = append(m.cfg.Signers, newKey(t).Address())
	m.cfg.MinimumSignerCount = 2
	m.start()
	run()
	first := m.wait(node.Proposed)
	m.halt()
	m.feed.set("4000")
	m.cfg.MinimumSignerCount = 1
	m.start()
	if again := m.wait(node.Proposed); again.ID != first.ID || again.Observation != first.Observation {
		t.Errorf("proposed %s, and after the restart %s", first.ID, again.ID)
	}
}

// While the price store is away, prices wait in the outbox, also over a restart.
func TestStoreAway(t *testing.T) {
	t.Parallel()
	m := newMember(t, newKey(t))
	there := m.cfg.DatabaseURL
	m.cfg.DatabaseURL = "postgres://nobody:hunter2@127.0.0.1:1/none"
	m.start()
	verified := m.wait(node.Quorum)
	eventually(t, "a failed write", func() bool { return strings.Contains(m.logged(), "they are kept and tried again") })
	expectProblem(t, m.node, "store", "127.0.0.1:1")
	if !strings.Contains(m.logged(), "price store out of reach") || strings.Contains(m.logged(), "hunter2") {
		t.Errorf("the log:\n%s", m.logged())
	}
	m.halt()
	expectOutbox(t, m, 1)
	m.cfg.DatabaseURL = there
	m.start()
	if stored := m.wait(node.Stored); stored.ID != verified.ID {
		t.Errorf("verified %s, stored %s", verified.ID, stored.ID)
	}
	eventually(t, "readiness", func() bool { return len(m.node.Ready()) == 0 })
}

// No price, no proposal; and the node says that it is not ready, for which reasons.
func TestNoPrice(t *testing.T) {
	t.Parallel()
	m := newMember(t, newKey(t))
	m.cfg.Signers = append(m.cfg.Signers, newKey(t).Address())
	m.cfg.MinimumSignerCount = 2
	m.cfg.FetchPriceInterval = 2 * time.Second // it waits for peers until the round's end
	m.feed.set("")
	m.start()
	expectProblem(t, m.node, "peers", "peers that listen to prices: 0, quorum needs 1")
	expectProblem(t, m.node, "price", "no price fetched yet")
	eventually(t, "a failed fetch", func() bool { return strings.Contains(m.logged(), "no price this round") })
	expectProblem(t, m.node, "price", errNoPrice.Error())
	if len(m.steps(node.Proposed)) > 0 {
		t.Error("a price was made up")
	}
	m.feed.set("1")
	m.wait(node.Proposed)
}

// A source that fails is told of while the node still tries, in a round of an hour, and no longer than it fails.
func TestFailingSource(t *testing.T) {
	t.Parallel()
	var well atomic.Bool
	source := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if !well.Load() {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		_, _ = w.Write([]byte(`{"data":{"currency":"ETH","rates":{"USD":"3000"}}}`))
	}))
	t.Cleanup(source.Close)
	m := newMember(t, newKey(t))
	m.cfg.PriceURL = source.URL
	m.start()
	expectProblem(t, m.node, "price", "500")
	if strings.Contains(m.logged(), "no price this round") {
		t.Error("the fetch is over: that is told anyway")
	}
	well.Store(true)
	eventually(t, "a price", func() bool { return len(m.node.Ready()) == 0 })
}

// expectProblem waits until the node tells of a problem.
func expectProblem(t *testing.T, n *node.Node, name, detail string) {
	t.Helper()
	eventually(t, "problem "+name+": "+detail, func() bool {
		return slices.ContainsFunc(n.Ready(), func(p api.Problem) bool {
			return p.Name == name && strings.Contains(p.Detail, detail)
		})
	})
}

// Two nodes in one folder would sign twice.
func TestFolderInUse(t *testing.T) {
	t.Parallel()
	m := newMember(t, newKey(t))
	m.start()
	other := newMember(t, m.cfg.PrivateKey)
	other.cfg.DataDir = m.cfg.DataDir
	if _, err := node.New(t.Context(), other.cfg, other.parts()); !errors.Is(err, global.ErrInUse) {
		t.Errorf("New in a used folder = %v", err)
	}
}
