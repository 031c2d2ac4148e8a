package node_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/node"
)

// Three nodes that all are needed: each co-signs what the others propose, and every price becomes one row.
func TestCosign(t *testing.T) {
	t.Parallel()
	members := cluster(t)
	for _, m := range members {
		m.start()
	}
	for _, m := range members {
		eventually(t, "two co-signatures", func() bool { return len(m.steps(node.Signed)) == 2 })
	}
	// Who came last may lack a co-signature that went out before; somebody has them all.
	eventually(t, "three rows", func() bool { return len(written(members)) >= 3 })
	for _, m := range members {
		for _, e := range m.steps(node.Quorum) {
			if len(e.Signers) != 3 || e.Signers[0] != e.Observation.Proposer {
				t.Errorf("quorum by %v, proposed by %s", e.Signers, e.Observation.Proposer)
			}
		}
		if n := m.node.Peers(); n != 2 {
			t.Errorf("%d peers", n)
		}
	}
	for _, m := range members {
		m.halt()
	}
	checkPeers(t, members[0])
	prices, err := store.Open(t.Context(), members[0].cfg.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = prices.Close() }()
	if rows, err := prices.Latest(t.Context(), store.Query{}); err != nil || len(rows) != 3 {
		t.Errorf("%d rows, %v; want each price once", len(rows), err)
	}
}

// written returns the rows that the members wrote, not those that another had written before.
func written(members []*member) []node.Event {
	var rows []node.Event
	for _, m := range members {
		rows = append(rows, slices.DeleteFunc(m.steps(node.Stored), func(e node.Event) bool { return e.ByOther })...)
	}
	return rows
}

// checkPeers checks that the journal of a node that was stopped knows where its peers are.
func checkPeers(t *testing.T, m *member) {
	t.Helper()
	journal, err := store.OpenJournal(t.Context(), m.cfg.JournalPath())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = journal.Close() }()
	peers, err := journal.Peers(t.Context())
	if err != nil || len(peers) < 2 {
		t.Errorf("the journal knows %v, %v", peers, err)
	}
}

// A node that is stopped while it signs its price publishes it still, and tells of no error.
func TestStopProposing(t *testing.T) {
	t.Parallel()
	members := cluster(t)
	leaving := members[0]
	leaving.observe = func(e node.Event) {
		if e.Step == node.Fetched {
			leaving.stop()
		}
	}
	for _, m := range members {
		m.start()
	}
	if err := <-leaving.ended; err != nil {
		t.Error(err)
	}
	leaving.ended <- nil // for the end of the test
	proposed := leaving.wait(node.Proposed)
	for _, m := range members[1:] {
		eventually(t, "quorum of what the stopped node proposed", func() bool {
			return slices.ContainsFunc(m.steps(node.Quorum), func(e node.Event) bool { return e.ID == proposed.ID })
		})
	}
	if hasLine(leaving.logged(), "level=ERROR") {
		t.Errorf("the log:\n%s", leaving.logged())
	}
}

// A node stands only for what it sees: it refuses a price that is too far from its own, or for which it has none, and the
// others lack its signature.
func TestRefuse(t *testing.T) {
	t.Parallel()
	members := cluster(t)
	members[1].feed.set("3100")
	members[2].feed.set("")
	members[2].cfg.PriceFreshness = time.Second // it says soon that it has none
	for _, m := range members {
		m.start()
	}
	for i, reason := range []consensus.Refusal{consensus.RefusedDeviation, consensus.RefusedDeviation, consensus.RefusedNoPrice} {
		refused := members[i].wait(node.Refused)
		if refused.Refusal != reason || refused.Observation.Proposer == members[i].node.Address() {
			t.Errorf("node %d: %+v", i, refused)
		}
		if !hasLine(members[i].logged(), "price refused", refused.ID.Short(), string(reason)) {
			t.Errorf("node %d does not say why:\n%s", i, members[i].logged())
		}
		if n := len(members[i].steps(node.Quorum)) + len(members[i].steps(node.Signed)); n > 0 {
			t.Errorf("node %d signed or saw quorum %d times", i, n)
		}
	}
	if len(members[2].steps(node.Proposed)) > 0 || !strings.Contains(members[2].logged(), errNoPrice.Error()) {
		t.Errorf("a node without a price:\n%s", members[2].logged())
	}
}

// After a co-signature that the journal holds, a restarted node signs nothing else at that place.
func TestRestartedPeers(t *testing.T) {
	t.Parallel()
	members := cluster(t)
	for _, m := range members {
		m.start()
	}
	for _, m := range members {
		eventually(t, "a proposal and two co-signatures", func() bool {
			return len(m.steps(node.Proposed)) == 1 && len(m.steps(node.Signed)) == 2
		})
	}
	ids := make(map[string]bool)
	for _, m := range members {
		ids[m.steps(node.Proposed)[0].ID.String()] = true
	}
	for _, m := range members {
		m.halt()
		m.feed.set("3001")
	}
	for _, m := range members {
		m.start()
	}
	for _, m := range members {
		eventually(t, "a fetch after the restart", func() bool { return len(m.node.Ready()) == 0 })
		for _, step := range []node.Step{node.Proposed, node.Signed, node.Quorum, node.Stored} {
			for _, e := range m.steps(step) {
				if !ids[e.ID.String()] {
					t.Errorf("%s of another price in the same round: %+v", step, e)
				}
			}
		}
	}
}

// A proposer that has lost its folder proposes another price for the same round. Who has signed the first one refuses, also
// after a restart.
func TestDoubleSign(t *testing.T) {
	t.Parallel()
	members := cluster(t)
	liar, honest := members[0], members[1]
	members[2].feed.set("") // so there is no quorum
	for _, m := range members {
		m.start()
	}
	of := func(m *member, step node.Step) (found []node.Event) {
		for _, e := range m.steps(step) {
			if e.Observation.Proposer == liar.node.Address() {
				found = append(found, e)
			}
		}
		return found
	}
	eventually(t, "a co-signature", func() bool { return len(of(honest, node.Signed)) > 0 })
	for _, m := range members {
		m.halt()
	}
	liar.cfg.DataDir = t.TempDir()
	liar.feed.set("3001")
	for _, m := range members {
		m.start()
	}
	eventually(t, "a refusal", func() bool { return len(of(honest, node.Refused)) > 0 })
	if reason := of(honest, node.Refused)[0].Refusal; reason != consensus.RefusedDoubleSign {
		t.Errorf("refused: %s", reason)
	}
	if len(of(honest, node.Signed)) > 0 {
		t.Error("two prices of one proposer and round are signed")
	}
}
