package gossip

import (
	"errors"
	"fmt"

	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/peer"
)

// ErrKeyType is returned by NewHost and PublicKey for an identity that is no secp256k1 key: such a node could never
// sign a price.
var ErrKeyType = errors.New("identity is not a secp256k1 key")

// IdentityKey makes the libp2p identity of a node from the 32 bytes of its secp256k1 secret, the same secret that signs
// prices (docs/protocol.md, section 4). It returns an error for a secret that is zero or not below the curve's order.
func IdentityKey(secret [32]byte) (crypto.PrivKey, error) {
	key, err := crypto.UnmarshalSecp256k1PrivateKey(secret[:])
	if err != nil {
		return nil, fmt.Errorf("read identity key: %w", err)
	}
	// The library reduces the secret modulo the order instead of refusing it; the identity would then belong to another
	// key than the one signing.
	raw, err := key.Raw()
	if err != nil {
		return nil, fmt.Errorf("read identity key: %w", err)
	}
	if [32]byte(raw) != secret || secret == [32]byte{} {
		return nil, errors.New("read identity key: secret is outside the curve's range")
	}
	return key, nil
}

// PublicKey returns the 33 bytes of the compressed secp256k1 public key that is inlined in a peer ID. It needs no
// network and costs tens of microseconds: cache it. It returns ErrKeyType for a key of another type, and another error
// for an ID that inlines no key at all.
func PublicKey(id peer.ID) ([]byte, error) {
	key, err := id.ExtractPublicKey()
	if err != nil {
		return nil, fmt.Errorf("read public key of %s: %w", id, err)
	}
	// An Ed25519 key is short enough to be inlined too.
	if key.Type() != crypto.Secp256k1 {
		return nil, fmt.Errorf("read public key of %s: %w", id, ErrKeyType)
	}
	raw, err := key.Raw()
	if err != nil {
		return nil, fmt.Errorf("read public key of %s: %w", id, err)
	}
	return raw, nil
}
