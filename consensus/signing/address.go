package signing

import (
	"fmt"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/gossip-price/gossip-price/global"
)

// Address names a signer: the last 20 bytes of the keccak256 of its public key, as Ethereum has it.
type Address [20]byte

// ParseAddress reads 0x and 40 hex digits. Digits of mixed case must carry the right EIP-55 checksum, which catches
// typing errors; all-lower and all-upper ones carry none. Errors wrap global.ErrMalformed.
func ParseAddress(s string) (Address, error) {
	lower := strings.ToLower(s)
	var a Address
	if err := decodeHex(a[:], lower); err != nil {
		return Address{}, fmt.Errorf("parse address: %w", err)
	}
	mixed := s[2:] != lower[2:] && s[2:] != strings.ToUpper(s[2:])
	if s[:2] != "0x" || (mixed && a.String() != s) {
		return Address{}, fmt.Errorf("parse address: %w: EIP-55 checksum does not match", global.ErrMalformed)
	}
	return a, nil
}

// PublicKeyAddress returns the address of a compressed secp256k1 public key of 33 bytes, as libp2p peer IDs carry it.
// Errors wrap global.ErrMalformed.
func PublicKeyAddress(compressed []byte) (Address, error) {
	public, err := crypto.DecompressPubkey(compressed)
	if err != nil {
		return Address{}, fmt.Errorf("decompress public key: %w: %w", global.ErrMalformed, err)
	}
	return Address(crypto.PubkeyToAddress(*public)), nil
}

// String returns the address with its EIP-55 checksum.
func (a Address) String() string { return common.Address(a).Hex() }

// Short returns the first four bytes as String writes them: how logs and labels of metrics name a member.
func (a Address) Short() string { return a.String()[:10] }

// MarshalText implements encoding.TextMarshaler with String's form.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler with ParseAddress's form and errors.
func (a *Address) UnmarshalText(text []byte) error {
	parsed, err := ParseAddress(string(text))
	if err == nil {
		*a = parsed
	}
	return err
}

// Compare orders addresses by their bytes; it returns -1, 0 or 1.
func (a Address) Compare(b Address) int { return common.Address(a).Cmp(common.Address(b)) }
