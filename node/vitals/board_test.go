package vitals_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gossip-price/gossip-price/node/api"
	"github.com/gossip-price/gossip-price/node/vitals"
)

// watched is a board of a look that a test changes, with how often was looked.
type watched struct {
	*vitals.Board
	glance vitals.Glance
	looks  int
}

func watch(t *testing.T) *watched {
	t.Helper()
	w := &watched{}
	w.glance, _ = good(t)
	w.Board = vitals.NewBoard(vitals.NodeRules(), func() vitals.Glance { w.looks++; return w.glance }, time.Now)
	return w
}

// second is between two looks where somebody asks often.
const second = time.Second

// pass lets time pass, looking once a second.
func (w *watched) pass(d time.Duration) {
	for range d / second {
		<-time.After(second)
		w.Look()
	}
}

func (w *watched) check(t *testing.T, name string) api.Check {
	t.Helper()
	for _, c := range w.Checks() {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no check %s", name)
	return api.Check{}
}

func (w *watched) expect(t *testing.T, name string, state api.CheckState) {
	t.Helper()
	if c := w.check(t, name); c.State != state {
		t.Errorf("%s is %s, want %s", name, c.State, state)
	}
}

// Until the node was ready once, what a look finds is shown at once; after that only when it has lasted.
func TestBoardStart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := watch(t)
		w.glance.Peers = 0
		w.Look()
		w.expect(t, "peers", api.CheckFailing)
		if c := w.check(t, "peers"); c.Since != nil {
			t.Errorf("since the start: %v", c.Since)
		}
		w.expect(t, "store", api.CheckOK)
		if problems := w.Ready(); len(problems) != 1 || problems[0].Name != "peers" {
			t.Errorf("Ready = %v", problems)
		}
		w.glance.Peers = 3
		w.pass(second)
		w.expect(t, "peers", api.CheckOK)
		if c := w.check(t, "peers"); c.Since == nil || !time.Time(*c.Since).Equal(time.Now()) {
			t.Errorf("since = %v", c.Since)
		}
		if problems := w.Ready(); len(problems) > 0 {
			t.Errorf("Ready = %v", problems)
		}
		w.glance.Peers = 0
		w.pass(vitals.Hold)
		w.expect(t, "peers", api.CheckOK)
		w.pass(second)
		w.expect(t, "peers", api.CheckFailing)
	})
}

// What comes and goes faster than Hold turns nothing, in either direction; what lasts does, within Hold and a Period.
func TestBoardHolds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := watch(t)
		w.Look()
		flap := func(state api.CheckState) {
			for i := range 60 {
				w.glance.Faults.Store = nil
				if i%2 == 0 {
					w.glance.Faults.Store = errors.New("away")
				}
				w.pass(vitals.Hold - second)
				w.expect(t, "store", state)
			}
		}
		flap(api.CheckOK)
		w.glance.Faults.Store = errors.New("away")
		w.pass(vitals.Hold + second)
		w.expect(t, "store", api.CheckFailing)
		w.glance.Faults.Store = errors.New("still away")
		w.pass(second)
		if c := w.check(t, "store"); c.Detail != "still away" {
			t.Errorf("the detail is %q", c.Detail)
		}
		flap(api.CheckFailing)
		w.glance.Faults.Store = nil
		w.pass(vitals.Hold + second)
		w.expect(t, "store", api.CheckOK)
	})
}

// The clock decides for itself how long it is in doubt: what it says is shown at once.
func TestBoardClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := watch(t)
		w.Look()
		for _, fault := range []string{"off", "", "off"} {
			want := api.CheckOK
			if fault != "" {
				want = api.CheckFailing
			}
			w.glance.Clock.Fault = fault
			w.pass(second)
			w.expect(t, "clock", want)
		}
	})
}

// However often is asked, ten looks a second are made.
func TestBoardLooksSeldom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := watch(t)
		const seconds = 5
		for end := time.Now().Add(seconds * time.Second); time.Now().Before(end); {
			w.Checks()
			w.Ready()
			<-time.After(7 * time.Millisecond)
		}
		if w.looks > 10*seconds {
			t.Errorf("%d looks in %d s", w.looks, seconds)
		}
	})
}
