package store_test

import (
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/consensus/store/storetest"
)

// reopened returns the journal as a restart finds it.
func reopened(t *testing.T, path string, j *store.Journal) *store.Journal {
	t.Helper()
	if j != nil {
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
	j, err := store.OpenJournal(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

func TestOutbox(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "node.db")
	j := reopened(t, path, nil)
	all := storetest.NewSigners(t, "n", 4).Certificates(t, 12)
	slices.SortFunc(all, func(a, b consensus.Certificate) int { return a.LastSigned.Compare(b.LastSigned) })
	shuffled := slices.Concat(all[7:], all[:7])
	if err := j.Keep(t.Context(), shuffled); err != nil {
		t.Fatal(err)
	}
	j = reopened(t, path, j)
	for _, c := range []struct{ before, limit, want int }{
		{11, 100, 12}, {11, 5, 5}, {4, 100, 5}, {4, 0, 0}, {4, -1, 0}, {0, 1, 1},
	} {
		due, err := j.Outbox(t.Context(), all[c.before].LastSigned, c.limit)
		if err != nil || !slices.EqualFunc(due, all[:c.want], isEntryOf) {
			t.Errorf("Outbox(%d, %d): %d, %v; want the %d oldest", c.before, c.limit, len(due), err, c.want)
		}
	}
	early := all[0].LastSigned.Add(-time.Millisecond)
	if due, err := j.Outbox(t.Context(), early, 100); err != nil || len(due) > 0 {
		t.Errorf("Outbox before the first: %d, %v", len(due), err)
	}
	some, err := j.Certificates(t.Context(), []signing.Digest{all[7].ID, {1}, all[2].ID})
	if err != nil || !reflect.DeepEqual(some, []consensus.Certificate{all[7], all[2]}) {
		t.Errorf("Certificates: %d, %v; want the two that are there, as asked for", len(some), err)
	}
	if err := j.Drop(t.Context(), []signing.Digest{all[0].ID, all[5].ID, {}}); err != nil {
		t.Fatal(err)
	}
	j = reopened(t, path, j)
	want := slices.Concat(all[1:5], all[6:])
	if waiting, err := j.Waiting(t.Context()); err != nil || !reflect.DeepEqual(waiting, want) {
		t.Errorf("Waiting: %d, %v; want %d, the oldest first", len(waiting), err, len(want))
	}
}

func isEntryOf(e store.Entry, c consensus.Certificate) bool {
	return e.ID == c.ID && e.LastSigned.Equal(c.LastSigned)
}

func TestOutboxKeepsTheMost(t *testing.T) {
	t.Parallel()
	j := reopened(t, filepath.Join(t.TempDir(), "node.db"), nil)
	full := storetest.NewSigners(t, "n", 5).Certificates(t, 1)[0]
	with := func(signers, seconds int) consensus.Certificate {
		c := full
		c.Attestations = full.Attestations[:signers]
		c.LastSigned = full.LastSigned.Add(time.Duration(seconds) * time.Second)
		return c
	}
	for _, step := range []struct{ given, want consensus.Certificate }{
		{with(3, 0), with(3, 0)},
		{with(3, 1), with(3, 0)},
		{with(5, 2), with(5, 2)},
		{with(4, 3), with(5, 2)},
	} {
		if err := j.Keep(t.Context(), []consensus.Certificate{step.given}); err != nil {
			t.Fatal(err)
		}
		waiting, err := j.Waiting(t.Context())
		if err != nil || len(waiting) != 1 || !reflect.DeepEqual(waiting[0], step.want) {
			t.Errorf("after %d signers: %v, %v; want %d", len(step.given.Attestations), waiting, err,
				len(step.want.Attestations))
		}
	}
}

func TestWaitingIsBounded(t *testing.T) {
	t.Parallel()
	j := reopened(t, filepath.Join(t.TempDir(), "node.db"), nil)
	one := storetest.NewSigners(t, "n", 1).Certificates(t, 1)[0]
	many := make([]consensus.Certificate, store.MaxWaiting()+3)
	for i := range many {
		many[i] = one
		many[i].ID = signing.Digest{byte(i >> 8), byte(i)}
		many[i].LastSigned = one.LastSigned.Add(time.Duration(i) * time.Millisecond)
	}
	if err := j.Keep(t.Context(), many); err != nil {
		t.Fatal(err)
	}
	waiting, err := j.Waiting(t.Context())
	if err != nil || !reflect.DeepEqual(waiting, many[3:]) {
		t.Errorf("Waiting: %d, %v; want the %d newest", len(waiting), err, store.MaxWaiting())
	}
}

func TestPeers(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "node.db")
	j := reopened(t, path, nil)
	if peers, err := j.Peers(t.Context()); len(peers) > 0 || err != nil {
		t.Errorf("Peers of a new journal = %v, %v", peers, err)
	}
	many := make([]store.Peer, store.MaxPeers()+7)
	for i := range many {
		many[i] = store.Peer{ID: fmt.Sprint("peer ", len(many)-i)}
		for n := range 20 {
			many[i].Addrs = append(many[i].Addrs, fmt.Sprintf("/ip4/10.0.0.%d/tcp/%d", n, i))
		}
	}
	few := []store.Peer{{ID: "b", Addrs: []string{"/ip4/1.2.3.4/tcp/1"}}, {ID: "a"}, {ID: "b"}}
	for _, c := range []struct{ save, want []store.Peer }{
		{many, many[:store.MaxPeers()]},
		{few, few[:2]},
		{nil, nil},
	} {
		if err := j.SavePeers(t.Context(), c.save); err != nil {
			t.Fatal(err)
		}
		j = reopened(t, path, j)
		peers, err := j.Peers(t.Context())
		if err != nil || len(peers) != len(c.want) {
			t.Fatalf("%d peers, %v; want %d", len(peers), err, len(c.want))
		}
		for i, peer := range peers {
			addrs := c.want[i].Addrs[:min(16, len(c.want[i].Addrs))]
			if peer.ID != c.want[i].ID || !slices.Equal(peer.Addrs, addrs) {
				t.Errorf("peer %d is %v, want %v", i, peer, c.want[i])
			}
		}
	}
}
