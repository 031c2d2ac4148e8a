package signing

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gossip-price/gossip-price/global"
)

// maxKeyFile bounds what is read of a key file: 64 hex digits, 0x and white space.
const maxKeyFile = 256

// LoadKey reads a key file: 64 hex digits, with or without 0x and white space around them. A file that others can read is
// refused, see ErrExposed. Errors wrap what os returns, fs.ErrNotExist among it, ErrExposed or global.ErrMalformed, and
// never show the content.
func LoadKey(path string) (Key, error) {
	f, err := openKeyFile(path)
	if err != nil {
		return Key{}, fmt.Errorf("load key: %w", err)
	}
	defer func() { _ = f.Close() }()
	if err := checkKeyFile(f); err != nil {
		return Key{}, fmt.Errorf("load key %s: %w", path, err)
	}
	content, err := io.ReadAll(io.LimitReader(f, maxKeyFile+1))
	if err != nil {
		return Key{}, fmt.Errorf("load key: %w", err)
	}
	if len(content) > maxKeyFile {
		return Key{}, fmt.Errorf("load key %s: %w: over %d bytes", path, global.ErrMalformed, maxKeyFile)
	}
	k, err := ParseKey(strings.TrimSpace(string(content)))
	if err != nil {
		return Key{}, fmt.Errorf("load key %s: %w", path, err)
	}
	return k, nil
}

// LoadOrCreateKey reads the key file, or makes a key and writes it there with mode 0600 where there is no file. created
// tells which. An existing file is never written: of several processes that make a key at once one wins, and the others
// load its key. But the group's access to it is taken away, which Kubernetes gives at each mount of a volume (fsGroup).
// Errors are those of LoadKey and of os.
func LoadOrCreateKey(path string) (k Key, created bool, err error) {
	k, err = LoadKey(path)
	if errors.Is(err, ErrExposed) && shutGroupOut(path) {
		k, err = LoadKey(path)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return k, false, err
	}
	if k, err = GenerateKey(); err != nil {
		return Key{}, false, err
	}
	switch err := createKeyFile(path, k); {
	case errors.Is(err, fs.ErrExist):
		k, err = LoadKey(path)
		return k, false, err
	case err != nil:
		return Key{}, false, fmt.Errorf("create key: %w", err)
	}
	if _, err := LoadKey(path); err != nil { // a file system that keeps no modes can't keep a secret
		return Key{}, false, errors.Join(fmt.Errorf("create key: %w", err), os.Remove(path))
	}
	return k, true, nil
}

// createKeyFile writes a temporary file and links it to its place, so that a crash leaves no half key and a file that
// appears meanwhile is kept.
func createKeyFile(path string, k Key) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".key-*") // CreateTemp makes files of mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	secret := k.Secret()
	_, err = tmp.WriteString(hex.EncodeToString(secret[:]) + "\n")
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	return os.Link(tmp.Name(), path)
}
