package signing

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCheckAccess(t *testing.T) {
	t.Parallel()
	const me, other = 1000, 1001
	for _, c := range []struct {
		mode        fs.FileMode
		owner, user int
		remedy      string // empty: accepted
	}{
		{0o600, me, me, ""},
		{0o400, me, me, ""},
		{0o700, me, me, ""},
		{0o640, me, me, "chmod 600 node.key"},
		{0o604, me, me, "chmod 600 node.key"},
		{0o620, me, me, "chmod 600 node.key"},
		{0o644, me, me, "chmod 600 node.key"},
		{0o640, root, me, ""},
		{0o440, root, me, ""},
		{0o644, root, me, "as root: chmod 640 node.key"},
		{0o660, root, me, "as root: chmod 640 node.key"},
		{0o444, root, me, "as root: chmod 640 node.key"},
		{0o600, root, root, ""},
		{0o640, root, root, "chmod 600 node.key"},
		{0o600, other, me, "as root: chown 1000 node.key"},
		{0o400, other, root, "as root: chown 0 node.key"},
	} {
		err := checkAccess(c.mode, c.owner, c.user, "node.key")
		if c.remedy == "" {
			if err != nil {
				t.Errorf("mode %04o of %d for %d: %v", c.mode, c.owner, c.user, err)
			}
			continue
		}
		if !errors.Is(err, ErrExposed) || !strings.HasSuffix(err.Error(), "; "+c.remedy) {
			t.Errorf("mode %04o of %d for %d: %v, want %s", c.mode, c.owner, c.user, err, c.remedy)
		}
	}
}

// TestCheckAccessNeverLetsOthersIn: whoever owns it and whoever asks, an accepted file shuts others out, lets nobody but
// its owner write, and belongs to the user or to root.
func TestCheckAccessNeverLetsOthersIn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		mode := fs.FileMode(rapid.IntRange(0, 0o777).Draw(t, "mode"))
		owner, user := rapid.IntRange(0, 3).Draw(t, "owner"), rapid.IntRange(0, 3).Draw(t, "user")
		if checkAccess(mode, owner, user, "f") != nil {
			return
		}
		if mode&0o037 != 0 || (owner != user && owner != 0) || (owner == user && mode&0o040 != 0) {
			t.Fatalf("mode %04o of %d is accepted for %d", mode, owner, user)
		}
	})
}
