package devnet

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gossip-price/gossip-price/consensus/signing"
)

// makeKeys loads the nodes' keys, or makes them on the first start.
func (d *devnet) makeKeys() error {
	names := make(map[signing.Address]string, d.options.Nodes)
	for i := range d.options.Nodes {
		key, _, err := signing.LoadOrCreateKey(d.keyFile(i))
		if err != nil {
			return err
		}
		d.roster = append(d.roster, key.Address())
		names[key.Address()] = nodeName(i)
	}
	d.board = newBoard(d.screen, names)
	return nil
}

func (d *devnet) keyFile(i int) string { return filepath.Join(d.folder(i), "node.key") }

func (d *devnet) rosterFile() string { return filepath.Join(d.options.Data, "roster.txt") }

// writeRoster writes who signs, for verify.
func (d *devnet) writeRoster() error {
	var b strings.Builder
	for i, a := range d.roster {
		fmt.Fprintf(&b, "%s # %s\n", a, nodeName(i))
	}
	for i := d.options.Nodes; i < MaxNodes; i++ { // rows of earlier runs are verified by it too
		key, err := signing.LoadKey(d.keyFile(i))
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%s # %s, of an earlier run\n", key.Address(), nodeName(i))
	}
	if err := os.WriteFile(d.rosterFile(), []byte(b.String()), 0o644); err != nil { //nolint:gosec // addresses are public
		return fmt.Errorf("write roster: %w", err)
	}
	return nil
}
