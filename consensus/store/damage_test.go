package store_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store/storetest"
)

// TestJournalDamage spoils journals in many ways at random: see check.
func TestJournalDamage(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(random *rand.Rand, content []byte) []byte{
		"whole": func(_ *rand.Rand, content []byte) []byte { return content },
		"flip": func(random *rand.Rand, content []byte) []byte {
			content[random.IntN(len(content))] ^= 1 << random.IntN(8)
			return content
		},
		"flips": func(random *rand.Rand, content []byte) []byte {
			for range 1 + random.IntN(30) {
				content[random.IntN(len(content))] = byte(random.IntN(256))
			}
			return content
		},
		"sector": func(random *rand.Rand, content []byte) []byte {
			at := random.IntN(len(content)) / 512 * 512
			clear(content[at:min(at+512, len(content))])
			return content
		},
		"cut": func(random *rand.Rand, content []byte) []byte {
			n := random.IntN(len(content))
			if n == 0 || (n-32)%4120 == 0 || n%4096 == 0 {
				n++ // a log that is cut between two frames shows nothing
			}
			return content[:n]
		},
		"noise": func(random *rand.Rand, content []byte) []byte {
			for i := range content {
				content[i] = byte(random.IntN(256))
			}
			return content
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const lives = 20
			certificates := storetest.NewSigners(t, "n", 3).Certificates(t, 12)
			replaced, left, all := 0, 0, 0
			for seed := range uint64(lives) {
				u := makeUsed(t, certificates, seed%2 == 0)
				random := rand.New(rand.NewPCG(seed, 1))
				target := []string{"", "-wal"}[seed/2%2]
				path := u.write(t, func(suffix string, content []byte) []byte {
					if len(u.files) > 1 && suffix != target {
						return content
					}
					return damage(random, content)
				})
				again, waiting := u.check(t, path)
				if again {
					replaced++
				}
				left, all = left+waiting, all+len(u.waiting)
				if t.Failed() {
					t.Fatalf("seed %d", seed)
				}
			}
			t.Logf("%d of %d journals replaced, %d of %d certificates left", replaced, lives, left, all)
			if name == "whole" && (replaced > 0 || left < all) || name == "noise" && replaced == 0 {
				t.Errorf("%d replaced, %d of %d certificates left", replaced, left, all)
			}
		})
	}
}

// TestJournalReplaced looks at what becomes of a journal whose table of signatures is damaged: the old file stays, what can be
// read comes over, it is told once, and the node signs again a minute later.
func TestJournalReplaced(t *testing.T) {
	t.Parallel()
	u := makeUsed(t, storetest.NewSigners(t, "n", 3).Certificates(t, 12), false)
	path := u.write(t, func(_ string, content []byte) []byte {
		clear(content[len(content)-4096:])
		clear(content[4096*2 : 4096*3])
		return content
	})
	j := reopened(t, path, nil)
	kept, _ := filepath.Glob(path + ".damaged-*")
	notes, err := j.TakeNotes(t.Context())
	if err != nil || len(notes) != 1 || len(kept) != 1 || !strings.Contains(notes[0], kept[0]) {
		t.Fatalf("kept %v, notes %q, %v", kept, notes, err)
	}
	if again, err := j.TakeNotes(t.Context()); err != nil || len(again) > 0 {
		t.Errorf("told twice: %q, %v", again, err)
	}
	waiting, err := j.Waiting(t.Context())
	if err != nil || !strings.Contains(notes[0], fmt.Sprintf("Brought over: %d certificates", len(waiting))) {
		t.Errorf("%d certificates, %v; told %q", len(waiting), err, notes[0])
	}
	soon, later := consensus.Round(u.now.Unix()+50), consensus.Round(time.Now().Unix()+90)
	if err := j.Cosign(t.Context(), signing.Address{3}, "A-A", soon, signing.Digest{1}); err == nil {
		t.Error("signed for a round that the old journal may have had")
	}
	if err := j.Cosign(t.Context(), signing.Address{3}, "A-A", later, signing.Digest{1}); err != nil {
		t.Errorf("a minute later: %v", err)
	}
	reopened(t, path, j)
	if kept, _ := filepath.Glob(path + ".damaged-*"); len(kept) != 1 {
		t.Errorf("replaced again: %v", kept)
	}
}
