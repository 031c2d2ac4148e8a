package dashboard

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// A page is kept for a second; one that takes long to make is kept for longer, within bounds.
func TestKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var k kept
		var made []time.Duration
		began := time.Now()
		takes := 10 * time.Millisecond
		ask := func() {
			body, err := k.page(func() ([]byte, error) {
				made = append(made, time.Since(began))
				<-time.After(takes)
				return []byte("page"), nil
			})
			if string(body) != "page" || err != nil {
				t.Errorf("%q, %v", body, err)
			}
		}
		ask()
		<-time.After(fresh - time.Millisecond)
		ask()
		<-time.After(time.Millisecond)
		takes = 300 * time.Millisecond
		ask()
		<-time.After(share*takes - time.Millisecond)
		ask()
		<-time.After(time.Millisecond)
		takes = 5 * time.Second
		ask()
		<-time.After(stale - time.Millisecond)
		ask()
		<-time.After(time.Millisecond)
		ask()
		want := []time.Duration{0, 1010 * time.Millisecond, 7310 * time.Millisecond, 22_310 * time.Millisecond}
		if !slices.Equal(made, want) {
			t.Errorf("made at %v, want %v", made, want)
		}
	})
}

// One page is made for all who ask at the same time.
func TestKeptForAll(t *testing.T) {
	t.Parallel()
	var k kept
	var made atomic.Int64
	var asking sync.WaitGroup
	for range 100 {
		asking.Go(func() {
			if _, err := k.page(func() ([]byte, error) { made.Add(1); return nil, nil }); err != nil {
				t.Error(err)
			}
		})
	}
	asking.Wait()
	if n := made.Load(); n != 1 {
		t.Errorf("made %d times", n)
	}
}

// What could not be made is tried again, by the next one who asks.
func TestKeptFails(t *testing.T) {
	t.Parallel()
	var k kept
	broken := errors.New("broken")
	if _, err := k.page(func() ([]byte, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	if body, err := k.page(func() ([]byte, error) { return []byte("page"), nil }); string(body) != "page" || err != nil {
		t.Errorf("%q, %v", body, err)
	}
}
