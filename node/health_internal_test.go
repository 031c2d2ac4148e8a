package node

import (
	"errors"
	"sync"
	"testing"
)

func TestHealth(t *testing.T) {
	t.Parallel()
	fault := errors.New("fault")
	h := newHealth()
	if heard, err := h.heard("price"); heard || err != nil {
		t.Errorf("before a word: %t, %v", heard, err)
	}
	for _, said := range []error{nil, fault, fault, nil} {
		h.set("price", said)
		if heard, err := h.heard("price"); !heard || !errors.Is(err, said) {
			t.Errorf("after %v: %t, %v", said, heard, err)
		}
	}
	if heard, _ := h.heard("store"); heard {
		t.Error("one part spoke for another")
	}
	var all sync.WaitGroup
	for range 8 { // for the race detector
		all.Go(func() {
			h.set("store", fault)
			_, _ = h.heard("store")
		})
	}
	all.Wait()
	if _, err := h.heard("store"); !errors.Is(err, fault) {
		t.Errorf("store = %v", err)
	}
}
