package store

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/global/price"
)

// TestTogether lets calls wait for each other: they share one transaction, unless one of them fails, and each gets its own
// answer.
func TestTogether(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "node.db")
	j, err := OpenJournal(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	})
	const calls = 40
	proposer := signing.Address{1}
	// atOnce co-signs so many pairs, the first of them by another digest, and returns how much was written.
	atOnce := func(first, digest byte) (answers [calls]error, written int64) {
		before := size(t, path+"-wal")
		j.group.turn.Lock()
		var all sync.WaitGroup
		for i := range calls {
			all.Go(func() {
				id := signing.Digest{digest}
				if i == 0 {
					id[0] = first
				}
				answers[i] = j.Cosign(t.Context(), proposer, price.Pair("P-"+string(rune('A'+i))), 60, id)
			})
		}
		for len(j.group.peek()) < calls {
			runtime.Gosched()
		}
		j.group.turn.Unlock()
		all.Wait()
		return answers, size(t, path+"-wal") - before
	}
	answers, written := atOnce(1, 1)
	for i, err := range answers {
		if err != nil {
			t.Errorf("call %d: %v", i, err)
		}
	}
	if most := int64(calls / 2 * 4096); written > most {
		t.Errorf("%d calls wrote %d bytes, in more than one transaction", calls, written)
	}
	answers, _ = atOnce(2, 1)
	for i, err := range answers {
		if i == 0 != errors.Is(err, global.ErrDoubleSign) || i > 0 && err != nil {
			t.Errorf("call %d: %v", i, err)
		}
	}
}

func (g *group) peek() []*member {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.waiting
}

func size(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}
