package doctor

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/node"
	"github.com/gossip-price/gossip-price/node/vitals"
)

// findKey returns the key that a node would have, and makes none.
func findKey(cfg config.Config) (signing.Key, error) {
	if !cfg.PrivateKey.IsZero() {
		return cfg.PrivateKey, nil
	}
	return signing.LoadKey(cfg.KeyPath())
}

func lookAtKey(_ context.Context, p *patient) vitals.Verdict {
	made := p.cfg.KeyFile == "" && errors.Is(p.keyErr, fs.ErrNotExist)
	switch {
	case made && len(p.cfg.Signers) > 0:
		return vitals.Warning("there is no key yet: the first start makes %s, and its address is in nobody's GP_SIGNERS", p.cfg.KeyPath())
	case made:
		return vitals.Well("there is no key yet: the first start makes %s", p.cfg.KeyPath())
	case p.keyErr != nil:
		return vitals.Failing("%s", p.keyErr)
	}
	id, err := node.PeerID(p.key)
	if err != nil {
		return vitals.Failing("%s", err)
	}
	where := p.cfg.KeyPath()
	if !p.cfg.PrivateKey.IsZero() {
		where = "GP_PRIVATEKEY"
	}
	return vitals.Well("the key in %s has address %s and peer ID %s", where, p.key.Address(), id)
}

// existing returns the folder, or where there is none yet the nearest one above it that is there.
func existing(folder string) (string, error) {
	for {
		info, err := os.Stat(folder)
		if err == nil && !info.IsDir() {
			return "", &fs.PathError{Op: "stat", Path: folder, Err: errors.New("not a folder")}
		}
		above := filepath.Dir(folder)
		if !errors.Is(err, fs.ErrNotExist) || above == folder {
			return folder, err
		}
		folder = above
	}
}

func lookAtFolder(_ context.Context, p *patient) vitals.Verdict {
	folder, err := existing(p.cfg.DataDir)
	if err == nil {
		err = mayWrite(folder)
	}
	switch {
	case err != nil:
		return vitals.Failing("%s", err)
	case folder != p.cfg.DataDir:
		return vitals.Well("the first start makes %s", p.cfg.DataDir)
	}
	return vitals.Well("this user may write %s", folder)
}

func lookAtDisk(_ context.Context, p *patient) vitals.Verdict {
	var m vitals.Machine
	folder, err := existing(p.cfg.DataDir)
	if m.FreeErr = err; err == nil {
		m.Free, m.FreeErr = vitals.FreeSpace(folder)
	}
	rule := vitals.DiskRule()
	return rule.Judge(&vitals.Glance{Machine: m})
}
