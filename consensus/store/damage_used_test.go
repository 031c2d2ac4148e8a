package store_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/global/price"
)

// seat is a place that a node signs for at most once.
type seat struct {
	proposer signing.Address // zero: its own proposal
	pair     price.Pair
	round    consensus.Round
}

// used is a journal as a node leaves it: what it signed, and what waits.
type used struct {
	files   map[string][]byte // by suffix
	signed  map[seat]signing.Digest
	waiting map[signing.Digest]consensus.Certificate
	now     time.Time
}

// makeUsed signs around the present, at times with a clock that is ahead, and prunes. The files are those of a process
// that dies, or those of one that ends well.
func makeUsed(t *testing.T, certificates []consensus.Certificate, dies bool) used {
	t.Helper()
	path := filepath.Join(t.TempDir(), "node.db")
	j, err := store.OpenJournal(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = j.Close() }()
	u := used{make(map[string][]byte), make(map[seat]signing.Digest), make(map[signing.Digest]consensus.Certificate), time.Now()}
	latest := uint64(u.now.Unix() + 30) // as far as GP_CLOCKSKEW lets a node sign
	for i := range 120 {
		s := seat{pair: price.Pair("A-" + string(rune('A'+rand.N(3)))), round: consensus.Round(latest - rand.Uint64N(300))}
		if i%3 > 0 {
			s.proposer = signing.Address{1, byte(rand.N(20))}
		}
		u.sign(t, j, s)
		if i == 80 {
			if err := j.Prune(t.Context(), consensus.Round(latest-200)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, c := range certificates {
		u.waiting[c.ID] = c
	}
	if err := j.Keep(t.Context(), certificates); err != nil {
		t.Fatal(err)
	}
	if !dies {
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for _, suffix := range []string{"", "-wal"} {
		if content, err := os.ReadFile(path + suffix); err == nil {
			u.files[suffix] = content
		}
	}
	return u
}

func (u used) sign(t *testing.T, j *store.Journal, s seat) {
	t.Helper()
	id := signing.Digest{byte(rand.Uint32()), byte(rand.Uint32()), 7}
	if s.proposer == (signing.Address{}) {
		if kept, err := j.Propose(t.Context(), s.pair, s.round, id[:]); err == nil {
			u.signed[s] = signing.Digest(kept)
		}
	} else if j.Cosign(t.Context(), s.proposer, s.pair, s.round, id) == nil {
		u.signed[s] = id
	}
}

// write puts the files down for a new life, in which damage may change them.
func (u used) write(t *testing.T, damage func(suffix string, content []byte) []byte) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "node.db")
	for suffix, content := range u.files {
		if err := os.WriteFile(path+suffix, damage(suffix, append([]byte{}, content...)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// check lives on with the files: nothing may be signed twice, no false certificate may come out, and a start after a damage
// that was only noticed on the way must help. It returns whether the journal was replaced and how many certificates are left.
func (u used) check(t *testing.T, path string) (replaced bool, left int) {
	t.Helper()
	for starts := 0; ; starts++ {
		j, err := store.OpenJournal(t.Context(), path)
		if err != nil {
			if strings.Contains(err.Error(), "unusable schema") {
				return false, 0 // its version or mark has changed: refused in words
			}
			t.Fatalf("start %d: %v", starts, err)
		}
		u.signAgain(t, j)
		waiting, err := j.Waiting(t.Context())
		for _, c := range waiting {
			if !reflect.DeepEqual(c, u.waiting[c.ID]) && c.Row().Verify(func(signing.Address) bool { return true }, 3) != nil {
				t.Errorf("a false certificate: %v", c)
			}
		}
		damage := j.Damage()
		if closeErr := j.Close(); err == nil && closeErr == nil && damage == nil {
			found, _ := filepath.Glob(path + ".damaged-*")
			return len(found) > 0, len(waiting)
		}
		if starts == 2 {
			t.Fatalf("a crash loop: %v, %v", err, damage)
		}
	}
}

// signAgain tries to sign something else at every place.
func (u used) signAgain(t *testing.T, j *store.Journal) {
	t.Helper()
	other := signing.Digest{9, 9, 9, 9}
	for s, id := range u.signed {
		if s.proposer != (signing.Address{}) {
			if err := j.Cosign(t.Context(), s.proposer, s.pair, s.round, other); err == nil {
				t.Errorf("co-signed %v again, which was %x", s, id)
			}
		} else if kept, err := j.Propose(t.Context(), s.pair, s.round, other[:]); err == nil && bytes.Equal(kept, other[:]) {
			t.Errorf("proposed %v again, which was %x", s, id)
		}
	}
}
