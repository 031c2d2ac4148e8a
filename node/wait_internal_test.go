package node

import (
	"cmp"
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gossip-price/gossip-price/global"
)

// wallClock is a clock of which somebody moves the hands.
type wallClock struct{ ahead atomic.Int64 }

func (c *wallClock) now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// waited runs waitUntil in virtual time, beside the ticks, and returns how long it took and what it said.
func waited(t *testing.T, c *wallClock, until time.Duration, wake <-chan struct{}) (took time.Duration, ok bool) {
	t.Helper()
	m := newWatchmaker(t)
	n := &Node{now: c.now, pulse: &pulse{clock: clock{began: time.Now()}, roll: m.roll}}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		for global.Wait(ctx, tickPeriod) {
			n.pulse.clock.look(c.now(), n.pulse.roll)
		}
	}()
	began := time.Now()
	ok = n.waitUntil(t.Context(), n.now().Add(until), wake)
	return time.Since(began), ok
}

func TestWaitUntil(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		until time.Duration
		jump  time.Duration // of the clock
		after time.Duration // when; 0: after 12.5 s
		wake  time.Duration // when something comes; 0: nothing does
		want  time.Duration
	}{
		"over already":      {until: -time.Second},
		"now":               {until: 0},
		"soon":              {until: time.Millisecond, want: time.Millisecond},
		"long":              {until: time.Hour, want: time.Hour},
		"woken":             {until: time.Hour, wake: time.Minute, want: time.Minute},
		"woken too late":    {until: time.Minute, wake: time.Hour, want: time.Minute},
		"clock set forward": {until: time.Hour, jump: 2 * time.Hour, want: 13 * time.Second}, // seen at the next second
		"clock set a bit":   {until: 14 * time.Second, jump: time.Second, want: 13 * time.Second},
		"clock set back":    {until: time.Minute, jump: -time.Minute, want: 13 * time.Second},
		"set back late":     {until: time.Minute, jump: -10 * time.Second, after: 50500 * time.Millisecond, want: 51 * time.Second},
		"set back a bit":    {until: time.Minute, jump: -time.Second, want: time.Minute + time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := &wallClock{}
				wake := make(chan struct{}, 1)
				if test.jump != 0 {
					time.AfterFunc(cmp.Or(test.after, 12500*time.Millisecond), func() { c.ahead.Store(int64(test.jump)) })
				}
				if test.wake != 0 {
					time.AfterFunc(test.wake, func() { wake <- struct{}{} })
				}
				if took, ok := waited(t, c, test.until, wake); took != test.want || !ok {
					t.Errorf("waited %s (%t), want %s", took, ok, test.want)
				}
				<-time.After(2 * time.Hour) // virtual; the timers end
			})
		})
	}
}

func TestWaitUntilStopped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		n := &Node{now: time.Now, pulse: &pulse{}}
		began := time.Now()
		if n.waitUntil(ctx, began.Add(time.Hour), nil) {
			t.Error("waitUntil went on after the end of its context")
		}
		if took := time.Since(began); took != time.Minute {
			t.Errorf("stopped after %s", took)
		}
		if n.waitUntil(ctx, began, nil) {
			t.Error("what is over already is no reason to go on")
		}
	})
}

// A clock that is set, and looked at by another loop, while a wait begins by what it showed before.
func TestWaitUntilSetAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, m := &wallClock{}, newWatchmaker(t)
		n := &Node{pulse: &pulse{clock: clock{began: time.Now()}, roll: m.roll}}
		n.pulse.clock.look(c.now(), m.roll)
		readings := 0
		n.now = func() time.Time {
			read := c.now()
			if readings++; readings == 3 { // the first two are of the test and of what is due
				c.ahead.Store(int64(time.Hour))
				n.pulse.clock.look(c.now(), m.roll)
			}
			return read
		}
		began := time.Now()
		if n.waitUntil(t.Context(), n.now().Add(59*time.Second), nil); time.Since(began) > 0 {
			t.Errorf("waited %s", time.Since(began))
		}
	})
}
