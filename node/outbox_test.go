package node_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/node"
)

// refuseOutbox has the journal of a node that does not run take no certificates, and everything else, until the fault is ended.
func refuseOutbox(t *testing.T, m *member) (end func()) {
	t.Helper()
	fault := filepath.Join(t.TempDir(), "fault")
	if err := os.WriteFile(fault, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	fill(t, m, func(*store.Journal) error { return nil })
	db, err := sql.Open("sqlite", m.cfg.JournalPath())
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), fmt.Sprintf(`CREATE TRIGGER refuse BEFORE INSERT ON outbox
		WHEN file_exists('%s') BEGIN SELECT raise(ABORT, 'no room'); END`, fault))
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(fault); err != nil {
			t.Fatal(err)
		}
	}
}

// A node that is alone and can't keep a certificate proposes nothing more, says why, and goes on by itself when it can.
func TestOutboxRefuses(t *testing.T) {
	t.Parallel()
	m := newMember(t, newKey(t))
	m.cfg.FetchPriceInterval = time.Second
	end := refuseOutbox(t, m)
	m.start()
	eventually(t, "the fault told", func() bool {
		return hasLine(m.logged(), "level=ERROR", "keep certificates", "nothing is signed", "no room")
	})
	expectProblem(t, m.node, "outbox", "no room")
	eventually(t, "a round without a proposal", func() bool {
		return hasLine(m.logged(), "level=ERROR", "propose price", "nothing is signed while certificates can't be kept")
	})
	if n := len(m.steps(node.Proposed)); n != 1 || len(m.steps(node.Quorum)) > 0 {
		t.Errorf("%d prices proposed, want the first alone; verified: %v", n, m.steps(node.Quorum))
	}
	end()
	eventually(t, "the first price stored", func() bool { return len(m.steps(node.Stored)) > 0 })
	eventually(t, "more prices", func() bool { return len(m.steps(node.Stored)) > 2 })
	eventually(t, "readiness", func() bool { return len(m.node.Ready()) == 0 })
	if n := strings.Count(m.logged(), "keep certificates;"); n != 1 {
		t.Errorf("told %d times", n)
	}
	first := m.steps(node.Proposed)[0]
	if e := m.steps(node.Stored)[0]; e.ID != first.ID {
		t.Errorf("stored %s first, proposed %s", e.ID, first.ID)
	}
}

// A member that can't keep certificates co-signs nothing more either, while the others, who can, go on.
func TestOutboxRefusesCosignatures(t *testing.T) {
	t.Parallel()
	members := cluster(t)
	faulty := members[0]
	for _, m := range members {
		m.cfg.FetchPriceInterval, m.cfg.PriceFreshness, m.cfg.MinimumSignerCount = 2*time.Second, 2*time.Second, 2
	}
	end := refuseOutbox(t, faulty)
	for _, m := range members {
		m.start()
	}
	eventually(t, "the fault told", func() bool { return hasLine(faulty.logged(), "keep certificates", "no room") })
	before := len(faulty.steps(node.Signed)) + len(faulty.steps(node.Proposed))
	verified := len(members[1].steps(node.Quorum))
	eventually(t, "prices of the others", func() bool { return len(members[1].steps(node.Quorum)) >= verified+4 })
	after := len(faulty.steps(node.Signed)) + len(faulty.steps(node.Proposed))
	if after > before+1 { // one may have been on its way
		t.Errorf("%d signatures while certificates can't be kept", after-before)
	}
	end()
	eventually(t, "signatures again", func() bool { return len(faulty.steps(node.Signed))+len(faulty.steps(node.Proposed)) > after+1 })
	eventually(t, "what it could not keep", func() bool { return len(faulty.steps(node.Quorum)) > verified })
}
