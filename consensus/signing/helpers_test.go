package signing_test

import (
	"bytes"
	"encoding/hex"
	"math/big"

	"github.com/ethereum/go-ethereum/crypto"
	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus/signing"
)

// failer is what the helpers need of *testing.T and *rapid.T.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// The first of the publicly known development keys of Anvil and Hardhat, and its address.
const (
	anvilSecret  = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
	anvilAddress = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
)

func anvilKey(t failer) signing.Key {
	t.Helper()
	k, err := signing.ParseKey(anvilSecret)
	if err != nil {
		t.Fatalf("ParseKey = %v", err)
	}
	return k
}

func sign(t failer, k signing.Key, d signing.Digest) signing.Signature {
	t.Helper()
	sig, err := k.Sign(d)
	if err != nil {
		t.Fatalf("Sign = %v", err)
	}
	return sig
}

// keys draws keys from their whole range.
func keys() *rapid.Generator[signing.Key] {
	return rapid.Custom(func(t *rapid.T) signing.Key {
		secret := rapid.SliceOfN(rapid.Byte(), 32, 32).
			Filter(func(b []byte) bool { return inRange(new(big.Int).SetBytes(b)) }).Draw(t, "secret")
		k, err := signing.ParseKey(hexOf(secret))
		if err != nil {
			t.Fatalf("ParseKey = %v", err)
		}
		return k
	})
}

func digests() *rapid.Generator[signing.Digest] {
	return rapid.Custom(func(t *rapid.T) signing.Digest {
		return signing.Digest(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "digest"))
	})
}

func addresses() *rapid.Generator[signing.Address] {
	return rapid.Custom(func(t *rapid.T) signing.Address {
		return signing.Address(rapid.SliceOfN(rapid.Byte(), 20, 20).Draw(t, "address"))
	})
}

// inRange tells whether n is a scalar of secp256k1.
func inRange(n *big.Int) bool { return n.Sign() > 0 && n.Cmp(crypto.S256().Params().N) < 0 }

// highS returns the other signature of the same r: s' = n - s with v flipped.
func highS(sig signing.Signature) signing.Signature {
	s := new(big.Int).SetBytes(sig[32:64])
	s.Sub(crypto.S256().Params().N, s).FillBytes(sig[32:64])
	sig[64] = 27 + 28 - sig[64]
	return sig
}

// with returns the signature with some of its bytes replaced.
func with(sig signing.Signature, at int, b ...byte) signing.Signature {
	copy(sig[at:], b)
	return sig
}

func ones(n int) []byte { return bytes.Repeat([]byte{0xff}, n) }

func hexOf(b []byte) string { return hex.EncodeToString(b) }
