package consensus_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/global"
)

// beatGap is how often a member of a small roster sends a heartbeat.
const beatGap = 15 * time.Second

// life is one life of a node that sends heartbeats.
type life struct {
	w        world
	key      int
	start    consensus.Millis
	sequence uint64
	ahead    time.Duration // its clock
	details  consensus.Details
}

// live begins a life of a member.
func (w world) live(key int, start time.Time) *life {
	return &life{w: w, key: key, start: consensus.MillisOf(start), details: consensus.Details{Settings: w.policy.Settings(settle)}}
}

// beat returns the next heartbeat of a life.
func (l *life) beat(now time.Time) []byte {
	l.w.t.Helper()
	l.sequence++
	h, err := consensus.Heartbeat{
		Network: network, Start: l.start, Sequence: l.sequence, Clock: consensus.MillisOf(now.Add(l.ahead)), Details: l.details,
	}.Sign(l.w.keys[l.key])
	if err != nil {
		l.w.t.Fatalf("Sign = %v", err)
	}
	return h.Encode()
}

// roll returns the roll of member 0.
func (w world) roll() *consensus.Roll {
	p := w.policy
	p.Self = w.keys[0].Address()
	return consensus.NewRoll(p, p.Settings(settle), at(0))
}

func hears(t failer, r *consensus.Roll, data []byte, now time.Time, want consensus.Outcome) {
	t.Helper()
	if got := r.Receive(data, now); got.Outcome != want {
		t.Fatalf("outcome %s, want %s", got.Outcome, want)
	}
}

func TestRollReceives(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	r, a := w.roll(), w.live(1, at(0))
	first, second := a.beat(at(0)), a.beat(at(0))
	hears(t, r, []byte("no heartbeat"), at(0), consensus.Malformed)
	hears(t, r, second, at(0), consensus.Accepted)
	hears(t, r, second, at(0), consensus.Stale)
	hears(t, r, first, at(0), consensus.Stale)
	hears(t, r, w.live(4, at(0)).beat(at(0)), at(0), consensus.UnknownSigner)
	hears(t, r, w.live(0, at(0)).beat(at(0)), at(0), consensus.OwnKey)
	other := *a
	foreign, err := consensus.Heartbeat{Network: "othernet", Start: other.start, Sequence: 9, Clock: 1}.Sign(w.keys[1])
	if err != nil {
		t.Fatal(err)
	}
	hears(t, r, foreign.Encode(), at(0), consensus.ForeignNetwork)

	forged, err := consensus.DecodeHeartbeat(a.beat(at(0)))
	if err != nil {
		t.Fatal(err)
	}
	forged.Sequence = 1000
	hears(t, r, forged.Encode(), at(0), consensus.BadSignature)
	hears(t, r, a.beat(at(0)), at(0), consensus.Accepted) // the forged one has taken no place
}

// The next life of a node is taken at once; one whose clock was set back, when the last one is silent.
func TestRollTakesNextLife(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	r, first := w.roll(), w.live(1, at(0))
	first.sequence = 1000
	old := first.beat(at(0))
	hears(t, r, old, at(0), consensus.Accepted)
	hears(t, r, w.live(1, at(time.Second)).beat(at(0)), at(time.Second), consensus.Accepted)
	hears(t, r, old, at(2*time.Second), consensus.Stale)
	back := w.live(1, at(-time.Hour))
	hears(t, r, back.beat(at(0)), at(3*beatGap), consensus.Stale)
	hears(t, r, back.beat(at(0)), at(3*beatGap+2*time.Second), consensus.Accepted)
	hears(t, r, old, at(3*beatGap+2*time.Second), consensus.Accepted) // it counts as a newer life
}

// However many heartbeats a member signs, few are taken and passed on.
func TestRollBoundsRate(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	r, loud, quiet := w.roll(), w.live(1, at(0)), w.live(2, at(0))
	taken := 0
	for now := at(0); now.Before(at(10 * beatGap)); now = now.Add(beatGap / 10) {
		if r.Receive(loud.beat(now), now).Outcome == consensus.Accepted {
			taken++
		}
	}
	if taken < 20 || taken > 4+2*10 {
		t.Errorf("%d heartbeats taken in ten intervals", taken)
	}
	hears(t, r, quiet.beat(at(0)), at(0), consensus.Accepted)
	if p := w.policy; p.BeatsTaken() != 8 || p.BeatInterval() != beatGap {
		t.Errorf("%d heartbeats of four members every %v", p.BeatsTaken(), p.BeatInterval())
	}
	large := newWorld(t, 1000).policy
	if got := large.BeatInterval(); got != 1000*beatGap/64 {
		t.Errorf("every %v in a roster of 1000", got)
	}
}

// An open network has room for so many signers, and for another one when one is silent.
func TestRollInOpenNetwork(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	w.keys = makeKeys(t, global.MaxOpenProposers+2)
	r := w.roll()
	for key := 1; key <= global.MaxOpenProposers; key++ {
		hears(t, r, w.live(key, at(0)).beat(at(0)), at(0), consensus.Accepted)
	}
	late := w.live(global.MaxOpenProposers+1, at(0))
	hears(t, r, late.beat(at(0)), at(3*beatGap), consensus.UnknownSigner)
	hears(t, r, late.beat(at(0)), at(3*beatGap+time.Second), consensus.Accepted)
	if v := r.View(at(4 * beatGap)); len(v.Members) != global.MaxOpenProposers+1 { // with itself
		t.Errorf("%d members", len(v.Members))
	}
}

// TestRollAnyMessages: whatever comes ends in one of the outcomes, nothing that is not signed by its member gets in, and
// of each life the sequence never goes back.
func TestRollAnyMessages(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t, 4)
		r, now := w.roll(), at(0)
		lives := []*life{w.live(1, at(0)), w.live(1, at(-time.Hour)), w.live(2, at(0)), w.live(5, at(0))}
		last := make(map[consensus.Millis]uint64)
		for range rapid.IntRange(1, 30).Draw(t, "messages") {
			now = now.Add(time.Duration(rapid.Int64Range(-int64(beatGap), int64(beatGap)).Draw(t, "later")))
			l := rapid.SampledFrom(lives).Draw(t, "life")
			l.sequence = uint64(rapid.IntRange(0, 20).Draw(t, "sequence"))
			b := l.beat(now)
			forged := rapid.IntRange(0, 3).Draw(t, "forged") == 0
			if forged {
				b[len(b)-1] = 27 + 28 - b[len(b)-1]
			}
			got := r.Receive(b, now)
			if !slices.Contains(consensus.HeartbeatOutcomes(), got.Outcome) {
				t.Fatalf("outcome %q", got.Outcome)
			}
			if got.Outcome != consensus.Accepted {
				continue
			}
			if forged || l.key == 5 {
				t.Fatalf("accepted: forged %t, key %d", forged, l.key)
			}
			if l.key == 2 && got.Heartbeat.Sequence <= last[l.start] {
				t.Fatalf("sequence %d after %d", got.Heartbeat.Sequence, last[l.start])
			}
			if l.key == 2 {
				last[l.start] = got.Heartbeat.Sequence
			}
		}
	})
}

func BenchmarkRollReceive(b *testing.B) {
	w := newWorld(b, 4)
	l := w.live(1, at(0))
	data := l.beat(at(0))
	b.ReportMetric(float64(len(data)), "bytes")
	b.ReportAllocs()
	for b.Loop() {
		if w.roll().Receive(data, at(0)).Outcome != consensus.Accepted {
			b.Fatal("not accepted")
		}
	}
}
