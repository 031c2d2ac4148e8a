package node

import (
	"slices"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/gossip-price/gossip-price/consensus"
)

func ids(visits []visit) (list []peer.ID) {
	for _, v := range visits {
		list = append(list, v.ID)
	}
	return list
}

// Of many that come at once two are compared with, others in the place of those that were of no use, and each by itself
// later at most so often.
func TestChoose(t *testing.T) {
	t.Parallel()
	now := time.Now()
	c := &catchUp{met: make(map[peer.ID]acquaintance), next: now.Add(catchUpPeriod)}
	members := []peer.ID{"a", "b", "c", "d", "e"}
	c.meet(members, now)
	c.meet(members, now)
	var seen []peer.ID
	for i, useful := range []bool{true, false, true} {
		chosen := c.choose("", now)
		if len(chosen) != 1 || slices.Contains(seen, chosen[0].ID) || !chosen[0].live {
			t.Fatalf("visit %d: %v, after %v", i, chosen, seen)
		}
		seen = append(seen, chosen[0].ID)
		c.note(chosen[0].ID, useful, now)
	}
	if chosen := c.choose("", now); len(chosen) > 0 {
		t.Errorf("a third comparison, with %v", chosen)
	}
	if chosen := c.choose(seen[0], now); len(chosen) > 0 {
		t.Error("compared with a peer again at once")
	}
	if chosen := c.choose(seen[0], now.Add(catchUpGap)); !slices.Equal(ids(chosen), seen[:1]) || chosen[0].live {
		t.Errorf("asked for %s, got %v", seen[0], chosen)
	}
	if chosen := c.choose(seen[1], now.Add(firstPause-1)); len(chosen) > 0 {
		t.Error("a peer that was of no use is not left alone")
	}
	if chosen := c.choose("stranger", now); len(chosen) > 0 {
		t.Error("a stranger is compared with")
	}
	later := now.Add(catchUpPeriod)
	c.meet(append(members, "f"), now)
	if chosen := c.choose("", now); !slices.Equal(ids(chosen), []peer.ID{"f"}) {
		t.Errorf("of those that came before and one that comes: %v", chosen)
	}
	c.wanted = 0
	if chosen := c.choose("", later); len(chosen) != 1 || chosen[0].live {
		t.Errorf("now and then: %v", chosen)
	}
	if chosen := c.choose("", later); len(chosen) > 0 {
		t.Errorf("now and then, twice: %v", chosen)
	}
}

// A peer that is of no use is left alone for longer each time, also if it leaves and comes back; what is gone for good is
// forgotten.
func TestPause(t *testing.T) {
	t.Parallel()
	now := time.Now()
	c := &catchUp{met: make(map[peer.ID]acquaintance), next: now.Add(1000 * time.Hour)}
	for pause := firstPause; pause < 2*longestPause; pause *= 2 {
		c.meet([]peer.ID{"a"}, now)
		c.note("a", false, now)
		c.meet(nil, now)
		wait := min(pause, longestPause)
		if c.meet([]peer.ID{"a"}, now.Add(wait-1)); len(c.choose("a", now.Add(wait-1))) > 0 {
			t.Errorf("asked again before %v", wait)
		}
		now = now.Add(wait)
		if chosen := c.choose("a", now); len(chosen) != 1 {
			t.Errorf("not asked again after %v", wait)
		}
	}
	c.note("a", true, now)
	if chosen := c.choose("a", now.Add(catchUpGap)); len(chosen) != 1 {
		t.Error("not asked again though it was of use")
	}
	c.meet(nil, now.Add(time.Hour))
	if len(c.met) > 0 || len(c.fresh) > 0 {
		t.Errorf("remembered for ever: %v, %v", c.met, c.fresh)
	}
}

// What may have been signed before the start waits; what can't have been does not, nor anything once others have answered.
func TestRecall(t *testing.T) {
	t.Parallel()
	began := consensus.Round(600).Start().Add(time.Second)
	r := newRecall(began, true)
	for round, want := range map[consensus.Round]bool{540: true, 600: true, 660: false} {
		if r.open(round.Start()) != want {
			t.Errorf("round %d: open %v", round, !want)
		}
	}
	r.end()
	r.end()
	if r.open(began.Add(-time.Hour)) {
		t.Error("open after the end")
	}
	if newRecall(began, false).open(consensus.Round(600).Start()) {
		t.Error("open though the journal is not new")
	}
}
