package signing

import (
	"fmt"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/gossip-price/gossip-price/global"
)

// Signature is r || s || v with v 27 or 28 and s in the lower half of the group order (EIP-2): every other form of the
// same signature is refused, so that a signature has one spelling.
type Signature [65]byte

// ParseSignature reads 0x and 130 lower-case hex digits. A wrong form wraps global.ErrMalformed, a value out of range
// global.ErrSignature.
func ParseSignature(s string) (Signature, error) {
	var sig Signature
	if err := decodeHex(sig[:], s); err != nil {
		return Signature{}, fmt.Errorf("parse signature: %w", err)
	}
	return sig, sig.check()
}

// SignatureFromBytes reads the 65 bytes of a signature. A wrong length wraps global.ErrMalformed, a value out of range
// global.ErrSignature.
func SignatureFromBytes(b []byte) (Signature, error) {
	var sig Signature
	if len(b) != len(sig) {
		return Signature{}, fmt.Errorf("parse signature: %w: %d bytes, want %d", global.ErrMalformed, len(b), len(sig))
	}
	copy(sig[:], b)
	return sig, sig.check()
}

// String returns 0x and 130 lower-case hex digits.
func (s Signature) String() string { return encodeHex(s[:]) }

// MarshalText implements encoding.TextMarshaler with String's form.
func (s Signature) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler with ParseSignature's form and errors.
func (s *Signature) UnmarshalText(text []byte) error {
	parsed, err := ParseSignature(string(text))
	if err == nil {
		*s = parsed
	}
	return err
}

// The group order of secp256k1 (SEC 2, section 2.4.1) and half of it, rounded down, as big-endian bytes, which compare as
// the numbers do. big.Int would take as long as all other work on a report's attestation.
const (
	one   = "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01"
	order = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe" +
		"\xba\xae\xdc\xe6\xaf\x48\xa0\x3b\xbf\xd2\x5e\x8c\xd0\x36\x41\x41"
	halfOrder = "\x7f\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" +
		"\x5d\x57\x6e\x73\x57\xa4\x50\x1d\xdf\xe9\x2f\x46\x68\x1b\x20\xa0"
)

// check refuses what go-ethereum's recovery would let through: high s in all builds, further values of v without cgo.
func (s Signature) check() error {
	v := s[64]
	if v != 27 && v != 28 {
		return fmt.Errorf("check signature: %w: v is %d, want 27 or 28", global.ErrSignature, v)
	}
	if r, low := string(s[:32]), string(s[32:64]); r < one || r >= order || low < one || low > halfOrder {
		return fmt.Errorf("check signature: %w: r or s out of range, or s not low", global.ErrSignature)
	}
	return nil
}

// Recover returns the address whose key made the signature over the digest. Errors wrap global.ErrSignature.
func Recover(d Digest, s Signature) (Address, error) {
	if err := s.check(); err != nil {
		return Address{}, err
	}
	s[64] -= 27 // go-ethereum counts the recovery id from 0
	public, err := crypto.Ecrecover(d[:], s[:])
	if err != nil {
		return Address{}, fmt.Errorf("recover signer: %w: %w", global.ErrSignature, err)
	}
	return Address(crypto.Keccak256(public[1:])[12:]), nil
}

// Verify tells whether signer made the signature over the digest. Errors wrap global.ErrSignature.
func Verify(d Digest, signer Address, s Signature) error {
	got, err := Recover(d, s)
	if err != nil {
		return err
	}
	if got != signer {
		return fmt.Errorf("verify signature: %w: made by %s, not by %s", global.ErrSignature, got, signer)
	}
	return nil
}
