package signing

import (
	"crypto/ecdsa"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strings"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/gossip-price/gossip-price/global"
)

// Key is a node's secp256k1 key: its libp2p identity and its Ethereum signer. It never prints its secret. The zero value
// is no key.
type Key struct {
	secret  *ecdsa.PrivateKey
	address Address
}

// GenerateKey makes a key from the system's random source.
func GenerateKey() (Key, error) {
	secret, err := crypto.GenerateKey()
	if err != nil {
		return Key{}, fmt.Errorf("generate key: %w", err)
	}
	return newKey(secret), nil
}

// ParseKey reads 64 hex digits with or without 0x before them. Errors wrap global.ErrMalformed and never show the input.
func ParseKey(s string) (Key, error) {
	b, err := hex.DecodeString(strings.TrimPrefix(s, "0x"))
	if err != nil || len(b) != 32 {
		return Key{}, fmt.Errorf("parse key: %w: want 64 hex digits", global.ErrMalformed)
	}
	secret, err := crypto.ToECDSA(b)
	if err != nil {
		return Key{}, fmt.Errorf("parse key: %w: not a secp256k1 key", global.ErrMalformed)
	}
	return newKey(secret), nil
}

func newKey(secret *ecdsa.PrivateKey) Key {
	return Key{secret, Address(crypto.PubkeyToAddress(secret.PublicKey))}
}

// Address returns the address of the key.
func (k Key) Address() Address { return k.address }

// IsZero tells whether there is no key.
func (k Key) IsZero() bool { return k.secret == nil }

// Secret returns the 32 bytes of the secret, for the libp2p identity and the key file only.
func (k Key) Secret() [32]byte { return [32]byte(crypto.FromECDSA(k.secret)) }

// Sign signs a digest. The signature is deterministic (RFC 6979) and low-s.
func (k Key) Sign(d Digest) (Signature, error) {
	b, err := crypto.Sign(d[:], k.secret)
	if err != nil {
		return Signature{}, fmt.Errorf("sign digest: %w", err)
	}
	sig := Signature(b)
	sig[64] += 27 // go-ethereum counts the recovery id from 0
	return sig, nil
}

// String returns the address, so that a key that is printed by mistake shows nothing secret.
func (k Key) String() string { return k.address.String() }

// GoString hides the secret from %#v as String does from %v.
func (k Key) GoString() string { return "signing.Key(" + k.String() + ")" }

// LogValue implements slog.LogValuer with the address.
func (k Key) LogValue() slog.Value { return slog.StringValue(k.String()) }
