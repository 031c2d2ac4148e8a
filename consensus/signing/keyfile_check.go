package signing

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/gossip-price/gossip-price/global"
)

// ErrExposed is wrapped by the error of LoadKey for a key file that somebody else can read or write. The rule is that of
// PostgreSQL for its key files: a file of the running user's own has no bit for group and others; root may lend one to
// another user by the group's read bit (a Kubernetes secret with fsGroup); a file of anybody else's is no secret of ours.
var ErrExposed = errors.New("key file is exposed")

// CheckKeyFile tells whether a key file can be read by this process and by nobody else, and reads nothing of it. Errors wrap
// what os returns, ErrExposed or global.ErrMalformed.
func CheckKeyFile(path string) error {
	f, err := openKeyFile(path)
	if err != nil {
		return fmt.Errorf("check key file: %w", err)
	}
	if err := errors.Join(checkKeyFile(f), f.Close()); err != nil {
		return fmt.Errorf("check key file %s: %w", path, err)
	}
	return nil
}

// checkKeyFile judges the file that was opened, whatever has its name meanwhile. Links were followed: Kubernetes makes
// secrets available as links.
func checkKeyFile(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%w: not a regular file", global.ErrMalformed)
	}
	owner, known := ownerOf(info)
	if !known {
		return nil
	}
	return checkAccess(info.Mode().Perm(), owner, os.Geteuid(), f.Name())
}

// shutGroupOut makes a file of the running user's own, to which others than its group have no access, private.
func shutGroupOut(path string) bool {
	f, err := openKeyFile(path)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Mode()&modeWorld != 0 {
		return false
	}
	owner, known := ownerOf(info)
	return known && owner == os.Geteuid() && f.Chmod(info.Mode().Perm()&^modeOthers) == nil
}

// Bits of a file's mode.
const (
	modeWorld      = 0o007 // others than owner and group, any access
	modeOthers     = 0o077 // group and others, any access
	modeLentByRoot = 0o037 // the same but for the group's read bit
	root           = 0     // user id
)

// checkAccess applies the rule. Its error names the way out.
func checkAccess(mode fs.FileMode, owner, user int, path string) error {
	switch {
	case owner == user && mode&modeOthers != 0:
		return fmt.Errorf("%w: mode %04o lets others in; chmod 600 %s", ErrExposed, mode, path)
	case owner == root && mode&modeLentByRoot != 0:
		return fmt.Errorf("%w: mode %04o lets others in; as root: chmod 640 %s", ErrExposed, mode, path)
	case owner != user && owner != root:
		return fmt.Errorf("%w: it belongs to user %d; as root: chown %d %s", ErrExposed, owner, user, path)
	}
	return nil
}
