package main

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gossip-price/gossip-price/cmd/gossip-price/screen"
)

// sketch remembers what was drawn: the URL of the state, and why the node is lost.
type sketch struct {
	drawn  []string
	resize atomic.Bool
}

func (s *sketch) draw(state *screen.State, lost string) error {
	s.drawn = append(s.drawn, state.URL+state.Error+"|"+lost)
	return nil
}

func (s *sketch) resized() bool { return s.resize.Swap(false) }

// A node that is lost is shown as it was, with why, and picked up when it is back.
func TestLiveLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		answers := []screen.State{{Error: "a"}, {Error: "b"}, {URL: "1"}, {Error: "c"}, {Error: "d"}, {URL: "2"}}
		ctx, cancel := context.WithCancel(t.Context())
		var s sketch
		looks := 0
		l := live{canvas: &s, interval: time.Second, look: func(context.Context) (*screen.State, error) {
			if looks == len(answers) {
				cancel()
				return &screen.State{}, nil
			}
			looks++
			return &answers[looks-1], nil
		}}
		if err := l.run(ctx); err != nil {
			t.Fatal(err)
		}
		want := []string{"a|", "b|", "1|", "1|c", "1|d", "2|"}
		if !slices.Equal(s.drawn[:len(want)], want) {
			t.Errorf("drawn: %q, want %q", s.drawn, want)
		}
	})
}

// The node is looked at each interval; at once when there is news, but never twice within the least interval; and what
// was seen is drawn again when the size changes.
func TestLivePace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 3500*time.Millisecond)
		defer cancel()
		var s sketch
		var looks []time.Duration
		news := make(chan struct{}, 1)
		l := live{canvas: &s, interval: time.Second, news: news, look: func(context.Context) (*screen.State, error) {
			looks = append(looks, time.Since(began))
			if len(looks) == 2 {
				news <- struct{}{}
				s.resize.Store(true)
			}
			return &screen.State{}, nil
		}}
		if err := l.run(ctx); err != nil {
			t.Fatal(err)
		}
		want := []time.Duration{0, time.Second, time.Second + leastInterval, 2 * time.Second, 3 * time.Second}
		if !slices.Equal(looks, want) || len(s.drawn) != len(want)+1 {
			t.Errorf("looks at %v, want %v; %d drawn", looks, want, len(s.drawn))
		}
	})
}

// A node that hangs keeps nobody from quitting, and a wrong URL is told.
func TestLiveEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		l := live{canvas: new(sketch), interval: time.Second, look: func(ctx context.Context) (*screen.State, error) {
			<-ctx.Done()
			return &screen.State{Error: "late"}, ctx.Err()
		}}
		if err := l.run(ctx); err != nil {
			t.Error(err)
		}
		l.look = func(context.Context) (*screen.State, error) { return &screen.State{Error: "x"}, errUsage }
		if err := l.run(t.Context()); !errors.Is(err, errUsage) {
			t.Error(err)
		}
	})
}
