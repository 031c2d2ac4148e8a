package signing

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/gossip-price/gossip-price/global"
)

// Digest is an EIP-712 signing hash: what is signed, and the id of the thing that it commits to.
type Digest [32]byte

// ParseDigest reads the form that String writes: 0x and 64 lower-case hex digits. Anything else wraps
// global.ErrMalformed.
func ParseDigest(s string) (Digest, error) {
	var d Digest
	if err := decodeHex(d[:], s); err != nil {
		return Digest{}, fmt.Errorf("parse digest: %w", err)
	}
	return d, nil
}

// String returns 0x and 64 lower-case hex digits.
func (d Digest) String() string { return encodeHex(d[:]) }

// Short returns the first four bytes as String writes them: enough to follow one price through the logs.
func (d Digest) Short() string { return encodeHex(d[:4]) }

// MarshalText implements encoding.TextMarshaler with String's form.
func (d Digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler with ParseDigest's form and errors.
func (d *Digest) UnmarshalText(text []byte) error {
	parsed, err := ParseDigest(string(text))
	if err == nil {
		*d = parsed
	}
	return err
}

// Word is one 32-byte field of an EIP-712 struct in its encoded form (EIP-712, "Definition of encodeData").
type Word [32]byte

// StringWord encodes a string: dynamic values are represented by their keccak256.
func StringWord(s string) Word { return Word(crypto.Keccak256Hash([]byte(s))) }

// UintWord encodes an unsigned integer of up to 64 bits.
func UintWord(v uint64) Word {
	var w Word
	binary.BigEndian.PutUint64(w[24:], v)
	return w
}

// AddressWord encodes an address, left-padded with zeros.
func AddressWord(a Address) Word {
	var w Word
	copy(w[12:], a[:])
	return w
}

// TypeWord hashes an EIP-712 type string such as "Price(string pair,uint256 price)": a struct's first word.
func TypeWord(encodeType string) Word { return StringWord(encodeType) }

// Domain is the EIP-712 domain separator of one network. Signatures made in one domain are worthless in another.
type Domain struct{ separator [32]byte }

// NewDomain returns the domain of a network: EIP712Domain(string name,string version,bytes32 salt) with name
// "gossip-price", version "1" and salt keccak256(network).
func NewDomain(network string) Domain {
	return Domain{hashWords(
		TypeWord("EIP712Domain(string name,string version,bytes32 salt)"),
		StringWord(global.Name),
		StringWord(global.Version),
		Word(crypto.Keccak256Hash([]byte(network))),
	)}
}

// Digest returns the signing hash of a struct in this domain: keccak256(0x1901 || separator || hashStruct). The words
// are the struct's type hash followed by its encoded fields.
func (d Domain) Digest(words ...Word) Digest {
	structHash := hashWords(words...)
	message := make([]byte, 0, 2+2*len(structHash))
	message = append(append(append(message, 0x19, 0x01), d.separator[:]...), structHash[:]...)
	return Digest(crypto.Keccak256Hash(message))
}

func hashWords(words ...Word) [32]byte {
	buf := make([]byte, 0, 32*len(words))
	for _, w := range words {
		buf = append(buf, w[:]...)
	}
	return crypto.Keccak256Hash(buf)
}

func encodeHex(b []byte) string { return "0x" + hex.EncodeToString(b) }

// decodeHex fills dst from its one accepted form: 0x, lower case, exact length.
func decodeHex(dst []byte, s string) error {
	if len(s) == 2+2*len(dst) {
		if _, err := hex.Decode(dst, []byte(s[2:])); err == nil && encodeHex(dst) == s {
			return nil
		}
	}
	return fmt.Errorf("%w: want 0x and %d lower-case hex digits", global.ErrMalformed, 2*len(dst))
}
