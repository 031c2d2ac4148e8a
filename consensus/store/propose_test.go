package store_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/global"
)

// TestOneWins has many propose and co-sign for one place at once: all of them end with one report, one id.
func TestOneWins(t *testing.T) {
	t.Parallel()
	const callers = 16
	j, err := store.OpenJournal(t.Context(), filepath.Join(t.TempDir(), "node.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = j.Close() }()
	kept := make([]string, callers)
	var may atomic.Int64
	var wg sync.WaitGroup
	for i := range callers {
		wg.Go(func() {
			report, err := j.Propose(t.Context(), "A-B", 60, fmt.Append(nil, "report ", i))
			if kept[i] = string(report); err != nil {
				t.Error(err)
			}
			if j.Cosign(t.Context(), signing.Address{}, "A-B", 60, signing.Digest{byte(i)}) == nil {
				may.Add(1)
			}
		})
	}
	wg.Wait()
	for _, report := range kept {
		if report != kept[0] {
			t.Errorf("one got %q, another %q", kept[0], report)
		}
	}
	if may.Load() != 1 {
		t.Errorf("%d ids may be signed", may.Load())
	}
}

func TestProposeBounds(t *testing.T) {
	t.Parallel()
	j, err := store.OpenJournal(t.Context(), filepath.Join(t.TempDir(), "node.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = j.Close() }()
	for size, fine := range map[int]bool{
		0: false, 1: true, global.MaxReportBytes: true, global.MaxReportBytes + 1: false,
	} {
		_, err := j.Propose(t.Context(), "A-B", consensus.Round(size+1), make([]byte, size))
		if (err == nil) != fine || (!fine && !errors.Is(err, global.ErrMalformed)) {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}
