package org

import (
	"crypto/rand"
	"encoding/hex"

	"github.com/gossip-price/gossip-price/consensus/signing"
)

// secrets are what nobody outside the organisation may know.
type secrets struct {
	bootstrap     signing.Key
	nodes         []signing.Key
	networkKey    [32]byte
	ownerPassword string // of the database's owner, for the migration
	nodePassword  string // of the nodes' database role
}

// newSecrets draws keys and passwords. rand.Text has at least 128 bits in letters and digits, which need no escape in a
// URL, a shell or a settings file.
func newSecrets(nodes int) (secrets, error) {
	s := secrets{ownerPassword: rand.Text(), nodePassword: rand.Text()}
	_, _ = rand.Read(s.networkKey[:]) // never fails: crypto/rand ends the program instead
	var err error
	if s.bootstrap, err = signing.GenerateKey(); err != nil {
		return secrets{}, err
	}
	for range nodes {
		key, err := signing.GenerateKey()
		if err != nil {
			return secrets{}, err
		}
		s.nodes = append(s.nodes, key)
	}
	return s, nil
}

// private returns a key as a node reads it.
func private(k signing.Key) string {
	secret := k.Secret()
	return hex.EncodeToString(secret[:])
}
