package consensus_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// troop is a roll with the lives of all members, in the order of their places; the roll's own among them.
type troop struct {
	world
	roll  *consensus.Roll
	lives []*life
	self  int // its place
}

// newTroop returns a network in which everybody is well: all are connected, and every price came to everybody.
func newTroop(t failer, members int) *troop {
	t.Helper()
	x := &troop{world: newWorld(t, members)}
	x.roll = x.world.roll()
	for place, a := range x.policy.Roster.Places() {
		key := slices.IndexFunc(x.keys, func(k signing.Key) bool { return k.Address() == a })
		if key == 0 {
			x.self = place
		}
		l := x.live(key, at(0))
		l.details.Version, l.details.Store = "v1", "store"
		l.details.Received = consensus.Received{Until: round, Rounds: 16, Counts: make([]uint16, members)}
		for other := range members {
			if other != place {
				l.details.Connect(other)
				l.details.Received.Counts[other] = 32 // two pairs
			}
		}
		x.lives = append(x.lives, l)
	}
	return x
}

// view returns what the roll's node sees when all of some places have sent a heartbeat.
func (x *troop) view(now time.Time, silent ...int) consensus.View {
	x.t.Helper()
	for place, l := range x.lives {
		data := l.beat(now)
		switch {
		case place == x.self:
			own, err := consensus.DecodeHeartbeat(data)
			if err != nil {
				x.t.Fatalf("%v", err)
			}
			x.roll.Keep(own, now)
		case !slices.Contains(silent, place):
			hears(x.t, x.roll, data, now, consensus.Accepted)
		}
	}
	return x.roll.View(now)
}

// found checks that a view shows these findings and no others: each "TROUBLE PLACE [OTHER]".
func (x *troop) found(v consensus.View, want ...string) {
	x.t.Helper()
	var got []string
	for _, f := range v.Findings {
		line := fmt.Sprint(f.Trouble)
		for i, l := range x.lives {
			if x.keys[l.key].Address() == f.Member {
				line += fmt.Sprint(" ", i)
			}
		}
		for i, l := range x.lives {
			if x.keys[l.key].Address() == f.Other {
				line += fmt.Sprint(" ", i)
			}
		}
		got = append(got, line)
		if !slices.Contains(consensus.Troubles(), f.Trouble) || !strings.Contains(f.Text, f.Member.String()) {
			x.t.Fatalf("finding %+v", f)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		x.t.Fatalf("found %q, want %q", got, want)
	}
}

func TestFindings(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(x *troop)
		silent []int
		want   []string
		text   string
	}{
		"all is well": {change: func(*troop) {}},
		"a clock ahead": {
			change: func(x *troop) { x.lives[x.other(0)].ahead = 5 * time.Minute },
			want:   []string{"clock off A"}, text: "'s clock is 5m0s ahead of the others'",
		},
		"a clock just so": {change: func(x *troop) { x.lives[x.other(0)].ahead = skew }},
		"this node's clock is behind": {
			change: func(x *troop) {
				for i := range 3 {
					x.lives[x.other(i)].ahead = 7500 * time.Millisecond
				}
			},
			want: []string{"clock off S"}, text: "'s clock is 7.5s behind the others'",
		},
		"another interval and quorum": {
			change: func(x *troop) {
				s := &x.lives[x.other(1)].details.Settings
				s.Interval, s.Quorum = time.Minute, 2
			},
			want: []string{"settings differ B"}, text: "GP_FETCHPRICEINTERVAL is 1m0s, ours 10m0s; GP_MINIMUMSIGNERCOUNT is 2, ours 3",
		},
		"no settings told": {change: func(x *troop) { x.lives[x.other(1)].details.Settings = consensus.Settings{} }},
		"another version": {
			change: func(x *troop) { x.lives[x.other(0)].details.Version = "v2" },
			want:   []string{"version differs A"}, text: "runs version v2, this node v1",
		},
		"another store": {
			change: func(x *troop) { x.lives[x.other(0)].details.Store = "another" },
			want:   []string{"store differs A"}, text: "another price store (another) than most (store)",
		},
		"everybody has a store of its own": {change: func(x *troop) {
			for i, l := range x.lives {
				l.details.Store = fmt.Sprint("store", i)
			}
		}},
		"an old backlog": {
			change: func(x *troop) {
				d := &x.lives[x.other(0)].details
				d.Backlog, d.BacklogAge = 7, time.Hour
			},
			want: []string{"backlog old A"}, text: "7 prices of ",
		},
		"a young backlog": {change: func(x *troop) {
			d := &x.lives[x.other(0)].details
			d.Backlog, d.BacklogAge = 7, 2*time.Minute
		}},
		"silent": {
			change: func(*troop) {}, silent: []int{0}, want: []string{"silent A"}, text: "was not heard of since this node's start",
		},
		"a connection of one side": {
			change: func(x *troop) { x.lives[x.other(0)].disconnect(x.other(1)) },
			want:   []string{"one-sided connection B A"}, text: "as a peer, but not the other way round",
		},
		"not connected": {change: func(x *troop) {
			x.lives[x.other(0)].disconnect(x.other(1))
			x.lives[x.other(1)].disconnect(x.other(0))
		}},
		"a poor link": {
			change: func(x *troop) { x.lives[x.other(1)].details.Received.Counts[x.other(0)] = 13 },
			want:   []string{"receives too little B A"}, text: " receives 40 % of ",
		},
		"a loss": {change: func(x *troop) { x.lives[x.other(1)].details.Received.Counts[x.other(0)] = 29 }},
		"a poor link of two of four": {
			change: func(x *troop) {
				x.lives[x.other(1)].details.Received.Counts[x.other(0)] = 0
				x.lives[x.other(2)].details.Received.Counts[x.other(0)] = 0
			},
			want: []string{"receives too little B A", "receives too little C A"}, text: " receives 0 % of ",
		},
		"away for everybody": {change: func(x *troop) {
			for _, l := range x.lives {
				l.details.Received.Counts[x.other(0)] = 5
			}
		}},
		"just started": {change: func(x *troop) {
			d := &x.lives[x.other(1)].details
			d.Received.Rounds, d.Received.Counts = 1, []uint16{2, 2, 0, 2}
		}},
		"counts up to another round": {change: func(x *troop) {
			for i := range 3 { // A came back lately, and B has not told of the last rounds yet
				x.lives[x.other(i)].details.Received.Counts[x.other(0)] = 12
			}
			x.lives[x.self].details.Received.Counts[x.other(0)] = 12
			d := &x.lives[x.other(1)].details.Received
			d.Counts[x.other(0)], d.Until = 6, round-2*600
		}},
		"with another roster": {change: func(x *troop) {
			d := &x.lives[x.other(1)].details
			d.Settings.Members, d.Settings.Roster = 5, [8]byte{1}
			d.Received.Counts[x.other(0)] = 0
			x.lives[x.other(1)].disconnect(x.other(2))
		}, want: []string{"settings differ B"}, text: "GP_SIGNERS has 5 members, ours 4"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newTroop(t, 4)
			c.change(x)
			var silent []int
			for _, i := range c.silent {
				silent = append(silent, x.other(i))
			}
			now := at(time.Minute)
			v := x.view(now, silent...)
			var want []string
			for _, line := range c.want {
				words := strings.Fields(line)
				for i, word := range words {
					if at := strings.Index("ABCS", word); len(word) == 1 && at >= 0 {
						words[i] = fmt.Sprint([]int{x.other(0), x.other(1), x.other(2), x.self}[at])
					}
				}
				want = append(want, strings.Join(words, " "))
			}
			x.found(v, want...)
			if len(v.Findings) > 0 && !strings.Contains(v.Findings[0].Text, c.text) {
				t.Errorf("%q, want %q in it", v.Findings[0].Text, c.text)
			}
		})
	}
}

// other returns the place of the n-th member that is not the roll's own.
func (x *troop) other(n int) int {
	if n >= x.self {
		n++
	}
	return n
}

func (l *life) disconnect(place int) { l.details.Connected[place/8] &^= 1 << (place % 8) }

// A member that was heard of and is silent now is told of with the time; what it said last is not told any more.
func TestFindingSilentSince(t *testing.T) {
	t.Parallel()
	x := newTroop(t, 4)
	x.lives[x.other(0)].details.Version = "v2"
	x.view(at(0))
	v := x.view(at(time.Minute), x.other(0))
	x.found(v, fmt.Sprint("silent ", x.other(0)))
	if want := " was last heard of at " + at(0).Format(time.TimeOnly); !strings.HasSuffix(v.Findings[0].Text, want) {
		t.Errorf("%q, want %q", v.Findings[0].Text, want)
	}
}

// However many things are wrong, a view has a bound, and takes a bounded time.
func TestFindingsAreBounded(t *testing.T) {
	t.Parallel()
	x := newTroop(t, 100)
	for i, l := range x.lives {
		l.details.Connected = nil
		if i%2 == 0 {
			l.details.Connect(1)
			l.details.Received.Counts = make([]uint16, 100)
		}
		l.details.Version = fmt.Sprint("v", i)
	}
	if v := x.view(at(time.Minute)); len(v.Findings) != 1024 {
		t.Errorf("%d findings", len(v.Findings))
	}
}

func BenchmarkView(b *testing.B) {
	for _, members := range []int{4, 64, 1000} {
		b.Run(fmt.Sprint(members), func(b *testing.B) {
			x := newTroop(b, members)
			for _, l := range x.lives {
				l.details.Received.Counts = l.details.Received.Counts[:min(members, consensus.MaxReceived)]
			}
			x.view(at(time.Minute))
			b.ReportAllocs()
			for b.Loop() {
				x.roll.View(at(time.Minute))
			}
		})
	}
}
