package writing_test

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/writing"
)

const (
	interval = 30 * time.Second
	skew     = 5 * time.Second
)

// began is when a world begins: at the start of a window.
func began() time.Time { return time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC) }

// world is a network of machines over one or more stores, in a time of its own.
type world struct {
	random  *rand.Rand
	now     time.Time
	members []*member
	stores  map[string]*shop
	delay   func(from, to *member) (d time.Duration, lost bool)
	due     map[signing.Digest]time.Time // of every price that there was
	landed  map[signing.Digest]time.Time
	counter uint64
	pending []event
	ordinal int
	badDrop int // certificates that honest members dropped though no row is there
	named   map[signing.Address]int
	reads   int // rows that a member can read back in a stage
	writes  int // rows that a member can write in a stage
}

// shop is a price store.
type shop struct {
	id         string
	rows       map[signing.Digest]bool // false: junk
	away       bool
	swallows   bool
	asked      int // rows that were to be inserted
	statements map[consensus.Window]int
}

// member is a node.
type member struct {
	address signing.Address
	machine *writing.Machine
	shop    *shop
	outbox  map[signing.Digest]time.Time // due
	skew    time.Duration
	dead    bool
	acts    func(w *world, m *member) // a liar's way; nil: honest
	heard   []heardNotice             // by a liar
}

type heardNotice struct {
	digest signing.Digest
	ids    []signing.Digest
}

type event struct {
	at      time.Time
	ordinal int
	do      func()
}

func newWorld(seed uint64, n, quorum int) *world {
	w := &world{
		random: rand.New(rand.NewPCG(seed, 7)), now: began(), stores: make(map[string]*shop), reads: math.MaxInt, writes: math.MaxInt,
		due: make(map[signing.Digest]time.Time), landed: make(map[signing.Digest]time.Time), named: make(map[signing.Address]int),
	}
	w.delay = func(_, _ *member) (time.Duration, bool) { return 300 * time.Millisecond, false }
	var roster []signing.Address
	for range n {
		roster = append(roster, w.address())
	}
	shared := w.shop("shared")
	for _, a := range roster {
		w.members = append(w.members, &member{address: a, outbox: make(map[signing.Digest]time.Time)})
		w.seat(w.members[len(w.members)-1], consensus.NewRoster(roster...), quorum, shared)
	}
	return w
}

func (w *world) shop(id string) *shop {
	s := &shop{id: id, rows: make(map[signing.Digest]bool), statements: make(map[consensus.Window]int)}
	w.stores[id] = s
	return s
}

// seat gives a member a fresh machine, as after a restart.
func (w *world) seat(m *member, roster consensus.Roster, quorum int, s *shop) {
	m.shop = s
	m.machine = writing.New(writing.Config{
		Network: "n", Self: m.address, Roster: roster, Quorum: quorum, Interval: interval, Settle: interval, Skew: skew,
	})
	m.machine.SetStore(s.id)
}

func (w *world) address() (a signing.Address) {
	binary.BigEndian.PutUint64(a[:], w.random.Uint64())
	return a
}

func (w *world) at(t time.Time, do func()) {
	w.ordinal++
	w.pending = append(w.pending, event{t, w.ordinal, do})
}

// price has a certificate of one price come due at a time, and all of these members hold it.
func (w *world) price(due time.Time, holders ...*member) signing.Digest {
	w.counter++
	id := signing.Digest{31: 1}
	binary.BigEndian.PutUint64(id[:], w.random.Uint64())
	binary.BigEndian.PutUint64(id[8:], w.counter)
	w.due[id] = due
	for _, m := range holders {
		m.outbox[id] = due.Add(time.Duration(w.random.Int64N(int64(time.Second))))
	}
	return id
}

// windows lets n windows pass, each with this many prices that have come due before it and that all living members hold.
func (w *world) windows(n, prices int) {
	for range n {
		for range prices {
			w.price(w.now.Add(-skew-time.Duration(w.random.Int64N(int64(interval-2*skew)))-time.Second), w.alive()...)
		}
		for start := w.now; start.Before(w.now.Add(interval)); start = start.Add(interval / 3) {
			for _, m := range w.members {
				w.at(start.Add(m.skew+time.Millisecond), func() { w.act(m) })
			}
		}
		w.until(w.now.Add(interval))
	}
}

func (w *world) alive() []*member {
	return slices.DeleteFunc(slices.Clone(w.members), func(m *member) bool { return m.dead })
}

func (w *world) until(end time.Time) {
	for {
		sort.Slice(w.pending, func(i, j int) bool {
			a, b := w.pending[i], w.pending[j]
			return a.at.Before(b.at) || a.at.Equal(b.at) && a.ordinal < b.ordinal
		})
		next := 0
		for next < len(w.pending) && w.pending[next].at.Before(end) {
			next++
		}
		if next == 0 {
			break
		}
		// What an event brings about comes at least a delay later, so all of one instant can be done before it is sorted in.
		first := w.pending[0].at
		for next = 0; next < len(w.pending) && w.pending[next].at.Equal(first); next++ {
		}
		batch := w.pending[:next]
		w.pending = w.pending[next:]
		w.now = first
		for _, e := range batch {
			e.do()
		}
	}
	w.now = end
}

// act is a member's stage.
func (w *world) act(m *member) {
	if m.dead {
		return
	}
	if m.acts != nil {
		m.acts(w, m)
		return
	}
	now := w.now.Add(-m.skew)
	var waiting []writing.Waiting
	for id, due := range m.outbox {
		waiting = append(waiting, writing.Waiting{ID: id, Due: due})
	}
	slices.SortFunc(waiting, func(a, b writing.Waiting) int {
		if c := a.Due.Compare(b.Due); c != 0 {
			return c
		}
		return slices.Compare(a.ID[:], b.ID[:])
	})
	tasks := m.machine.Tasks(now, waiting)
	w.drop(m, tasks.Drop)
	write := tasks.Write
	if len(tasks.Read) > 0 {
		if !w.statement(m) {
			w.fail(m, tasks)
			return
		}
		verdicts := make(map[signing.Digest]writing.Verdict)
		for _, id := range tasks.Read[:min(len(tasks.Read), w.reads)] {
			switch sound, there := m.shop.rows[id]; {
			case sound:
				verdicts[id] = writing.Sound
			case there:
				verdicts[id] = writing.Spurious
			default:
				verdicts[id] = writing.Absent
			}
		}
		read := m.machine.Read(tasks, verdicts, now)
		for _, f := range read.Findings {
			w.named[f.Announcement.Writer]++
			for _, a := range f.Auditors {
				w.named[a]++
			}
		}
		if read.Audit != nil {
			w.send(m, consensus.Writing{Audit: read.Audit})
		}
		write = read.Write
	}
	write = slices.DeleteFunc(write, func(id signing.Digest) bool { _, held := m.outbox[id]; return !held })
	write = write[:min(len(write), w.writes)]
	if len(write) == 0 {
		return
	}
	if !w.statement(m) {
		w.fail(m, tasks)
		return
	}
	fresh := w.insert(m.shop, write)
	drop := m.machine.Confirmed(write, fresh)
	w.drop(m, drop)
	for _, n := range m.machine.Wrote(tasks, write, drop) {
		w.send(m, consensus.Writing{Notice: &n})
	}
}

func (w *world) statement(m *member) bool {
	m.shop.statements[consensus.WindowAt(w.now.Add(-m.skew), interval)]++ // by the clock of who asks
	return !m.shop.away
}

func (w *world) fail(m *member, t writing.Tasks) {
	if n := m.machine.Failed(t); n != nil {
		w.send(m, consensus.Writing{Notice: n})
	}
}

func (w *world) insert(s *shop, ids []signing.Digest) (fresh []signing.Digest) {
	s.asked += len(ids)
	for _, id := range ids {
		if _, there := s.rows[id]; !there && !s.swallows {
			s.rows[id] = true
			fresh = append(fresh, id)
			if _, before := w.landed[id]; !before {
				w.landed[id] = w.now
			}
		}
	}
	return fresh
}

func (w *world) drop(m *member, ids []signing.Digest) {
	for _, id := range ids {
		if !m.shop.rows[id] {
			w.badDrop++
		}
		delete(m.outbox, id)
	}
}

// send brings a message to all others.
func (w *world) send(from *member, msg consensus.Writing) {
	for _, to := range w.members {
		if to == from || to.dead {
			continue
		}
		d, lost := w.delay(from, to)
		if lost {
			continue
		}
		w.at(w.now.Add(max(d, time.Millisecond)), func() {
			if to.acts != nil && msg.Notice != nil {
				to.heard = append(to.heard, heardNotice{msg.Notice.Digest(), msg.Notice.IDs})
			}
			to.machine.Hear(msg, w.now.Add(-to.skew))
		})
	}
}

// late returns how many windows the slowest price took, and how many never came. A price counts from the first window that
// begins after it has come due by every clock.
func (w *world) late() (windows, missing int) {
	for id, due := range w.due {
		at, ok := w.landed[id]
		if !ok {
			missing++
			continue
		}
		first := consensus.WindowAt(due.Add(skew), interval).Start().Add(interval)
		took := 1
		if at.After(first) {
			took = int(at.Sub(first)/interval) + 1
		}
		windows = max(windows, took)
	}
	return windows, missing
}

// mean returns how many statements there were in each of n windows from a time on.
func (s *shop) mean(from time.Time, n int) float64 {
	total := 0
	for i, first := 0, consensus.WindowAt(from, interval); i < n; i++ {
		total += s.statements[first+consensus.Window(i)*consensus.Window(interval.Milliseconds())]
	}
	return float64(total) / float64(n)
}

// most returns the most statements of a window.
func (s *shop) most() int {
	most := 0
	for _, n := range s.statements {
		most = max(most, n)
	}
	return most
}
