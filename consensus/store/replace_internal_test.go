package store

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gossip-price/gossip-price/consensus/signing"
)

// aJournal returns the content of a journal file in which one co-signature is for the round.
func aJournal(t *testing.T, path string) {
	t.Helper()
	j, err := OpenJournal(t.Context(), path)
	if err == nil {
		err = errors.Join(j.Cosign(t.Context(), signing.Address{1}, "A-B", 1<<40, signing.Digest{1}), j.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

func names(t *testing.T, path, infix string) (found []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.Contains(e.Name(), infix) {
			found = append(found, filepath.Join(filepath.Dir(path), e.Name()))
		}
	}
	return found
}

// A start that ends at any moment of a replacement leaves what the next one goes on with: the damaged file and its log are
// kept once, the new one is in the place, and nothing else is left.
func TestReplacementIsFinished(t *testing.T) {
	t.Parallel()
	made := filepath.Join(t.TempDir(), "made.db")
	aJournal(t, made)
	content, err := os.ReadFile(made)
	if err != nil {
		t.Fatal(err)
	}
	const stamp = "20260102T030405.000Z"
	for moved := range 4 { // nothing, the log, the file as well, all
		path := filepath.Join(t.TempDir(), "node.db")
		files := map[string][]byte{
			path: []byte("damaged"), path + "-wal": []byte("its log"), path + waiting + stamp: content,
			filepath.Join(workFolder(path), "old.db"): []byte("half a copy"),
		}
		for i, suffix := range []string{"-wal", ""} {
			if moved > i {
				files[asideName(path, stamp)+suffix] = files[path+suffix]
				delete(files, path+suffix)
			}
		}
		if moved == 3 {
			files[path] = content
			delete(files, path+waiting+stamp)
		}
		if err := os.Mkdir(workFolder(path), 0o700); err != nil {
			t.Fatal(err)
		}
		for name, content := range files {
			if err := os.WriteFile(name, content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		j, err := OpenJournal(t.Context(), path)
		if err != nil {
			t.Fatalf("%d moved: %v", moved, err)
		}
		if err := j.Cosign(t.Context(), signing.Address{1}, "A-B", 1<<40, signing.Digest{2}); err == nil {
			t.Errorf("%d moved: not the new journal", moved)
		}
		_ = j.Close()
		kept, err := os.ReadFile(asideName(path, stamp))
		log, logErr := os.ReadFile(asideName(path, stamp) + "-wal")
		if err := errors.Join(err, logErr); err != nil || string(kept) != "damaged" || string(log) != "its log" {
			t.Errorf("%d moved: kept %q and %q, %v", moved, kept, log, err)
		}
		if left := append(names(t, path, ".new-"), names(t, path, "salvage")...); len(left) > 0 || len(names(t, path, ".damaged-")) != 2 {
			t.Errorf("%d moved: left %v, %v", moved, left, names(t, path, ".damaged-"))
		}
	}
}

// However many starts fail before a damaged log is dealt with, there is one copy of it.
func TestLogIsKeptOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "node.db")
	if err := os.WriteFile(path+"-wal", []byte("bad"), 0o600); err != nil {
		t.Fatal(err)
	}
	var first string
	for range 3 {
		kept, err := keepLog(path, ErrDamaged)
		if err != nil || first != "" && kept != first {
			t.Errorf("kept as %q, %v", kept, err)
		}
		first = kept
	}
	if kept := names(t, path, ".damaged-"); len(kept) != 1 || kept[0] != first || len(names(t, path, "salvage")) > 0 {
		t.Errorf("kept %q", kept)
	}
}

// A start that is broken off while it reads a damaged journal must not take it for an empty one.
func TestSalvageBrokenOff(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	from := filepath.Join(folder, "old.db")
	aJournal(t, from)
	ctx, cancel := context.WithCancel(t.Context())
	j, err := OpenJournal(ctx, filepath.Join(folder, "new.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = j.Close() }()
	cancel()
	if err := (&salvage{from: from}).take(ctx, j); !errors.Is(err, context.Canceled) {
		t.Errorf("take = %v", err)
	}
}

// disk can't read some pages.
type disk struct {
	content []byte
	bad     map[int64]bool
	asked   int
}

func (d *disk) ReadAt(into []byte, at int64) (int, error) {
	d.asked++
	for page := at / pageSize; page*pageSize < at+int64(len(into)); page++ {
		if d.bad[page] {
			n := copy(into, d.content[at:max(at, page*pageSize)])
			return n, errors.New("input/output error")
		}
	}
	return copy(into, d.content[at:]), nil
}

func TestCopyReadable(t *testing.T) {
	t.Parallel()
	content := bytes.Repeat([]byte("0123456789abcdef"), (3*copyChunk+5000)/16)
	for name, bad := range map[string][]int64{
		"all can be read": nil, "first": {0}, "last": {int64(len(content)-1) / pageSize}, "some": {3, 4, 255, 256, 500},
	} {
		source := &disk{content: content, bad: make(map[int64]bool)}
		want := bytes.Clone(content)
		for _, page := range bad {
			source.bad[page] = true
			clear(want[page*pageSize : min((page+1)*pageSize, int64(len(want)))])
		}
		var got bytes.Buffer
		if err := copyReadable(&got, source, int64(len(content))); err != nil || !bytes.Equal(got.Bytes(), want) {
			t.Errorf("%s: not as it should be: %v", name, err)
		}
	}
	dead := &disk{content: make([]byte, 3*maxUnreadable*pageSize), bad: make(map[int64]bool)}
	for page := range 3 * maxUnreadable {
		dead.bad[int64(page)] = true
	}
	var got bytes.Buffer
	if err := copyReadable(&got, dead, int64(len(dead.content))); err != nil || got.Len() != len(dead.content) || dead.asked > 2*maxUnreadable {
		t.Errorf("a dead disk: asked %d times, %d bytes, %v", dead.asked, got.Len(), err)
	}
}
