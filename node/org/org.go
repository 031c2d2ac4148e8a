// Package org makes a new organisation: its keys, its roster, the settings of each node and a compose file that runs
// them, all in one folder.
package org

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/node"
)

// Options says what organisation to make.
type Options struct {
	Name  string // of the network: GP_NETWORK
	Nodes int    // MinNodes to MaxNodes
	Dir   string // a folder that does not exist yet; the one that it is made in does
}

// Bounds of the number of nodes.
const (
	// MinNodes is the least number of signers that makes a price verified by default. It takes four to go on without one.
	MinNodes = 3
	// MaxNodes is as many containers as one machine should run; the nodes of a larger network live on many.
	MaxNodes = 64
)

// ErrOptions is wrapped by the errors of New for options that make no organisation.
var ErrOptions = errors.New("invalid option")

// Organisation is what New has made, without its secrets: they are in the files only.
type Organisation struct {
	Name      string            `json:"name"`
	Dir       string            `json:"dir"`
	Quorum    int               `json:"quorum"`            // GP_MINIMUMSIGNERCOUNT
	Signers   []signing.Address `json:"signers"`           // GP_SIGNERS: node1, node2 ..
	Bootstrap string            `json:"bootstrap_peer_id"` // of the bootstrap node
}

// New makes an organisation: all of its folder or, after an error, nothing. An existing folder is never touched. The
// folder has mode 0700, every file in it 0600. The quorum is two thirds of the nodes plus one: with it any two quorums
// share an honest node while less than a third of the nodes lie. Errors wrap ErrOptions, fs.ErrExist, or what os returns.
func New(o Options) (Organisation, error) {
	if err := o.check(); err != nil {
		return Organisation{}, err
	}
	keys, err := newSecrets(o.Nodes)
	if err != nil {
		return Organisation{}, fmt.Errorf("make organisation: %w", err)
	}
	id, err := node.PeerID(keys.bootstrap)
	if err != nil {
		return Organisation{}, fmt.Errorf("make organisation: %w", err)
	}
	made := Organisation{Name: o.Name, Dir: filepath.Clean(o.Dir), Quorum: 2*o.Nodes/3 + 1, Bootstrap: id.String()}
	for _, key := range keys.nodes {
		made.Signers = append(made.Signers, key.Address())
	}
	files, err := render(made, keys)
	if err == nil {
		err = write(made.Dir, files)
	}
	if err != nil {
		return Organisation{}, fmt.Errorf("make organisation: %w", err)
	}
	return made, nil
}

func (o Options) check() error {
	switch {
	case !config.ValidNetwork(o.Name):
		return fmt.Errorf("%w: name %q, want %s", ErrOptions, o.Name, config.NetworkRule)
	case o.Nodes < MinNodes || o.Nodes > MaxNodes:
		return fmt.Errorf("%w: %d nodes, want %d to %d: fewer are no quorum of three, more don't belong on one machine",
			ErrOptions, o.Nodes, MinNodes, MaxNodes)
	}
	_, err := os.Lstat(o.Dir)
	switch {
	case err == nil:
		return fmt.Errorf("make organisation: %s: %w; keys are never written over", o.Dir, fs.ErrExist)
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("make organisation: %w", err)
	}
	return nil
}
