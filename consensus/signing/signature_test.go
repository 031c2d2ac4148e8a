package signing_test

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"
	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

func TestSignAndRecover(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		k, d := keys().Draw(t, "key"), digests().Draw(t, "digest")
		sig := sign(t, k, d)
		if again := sign(t, k, d); again != sig {
			t.Fatalf("not deterministic: %s and %s", sig, again)
		}
		half := new(big.Int).Rsh(crypto.S256().Params().N, 1)
		if s := new(big.Int).SetBytes(sig[32:64]); s.Cmp(half) > 0 || (sig[64] != 27 && sig[64] != 28) {
			t.Fatalf("signature %s: high s or wrong v", sig)
		}
		if who, err := signing.Recover(d, sig); err != nil || who != k.Address() {
			t.Fatalf("Recover = %s, %v; want %s", who, err, k.Address())
		}
		if err := signing.Verify(d, k.Address(), sig); err != nil {
			t.Fatalf("Verify = %v", err)
		}
	})
}

func TestVerifyRefuses(t *testing.T) {
	t.Parallel()
	k, d := anvilKey(t), signing.Digest{1}
	sig := sign(t, k, d)
	for name, err := range map[string]error{
		"another digest": signing.Verify(signing.Digest{2}, k.Address(), sig),
		"another signer": signing.Verify(d, signing.Address{1}, sig),
		"no signer":      signing.Verify(d, signing.Address{}, signing.Signature{}),
		"v flipped":      signing.Verify(d, k.Address(), with(sig, 64, 27+28-sig[64])),
	} {
		if !errors.Is(err, global.ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestFormsRefusedBeforeRecovery lists other spellings of a valid signature and values out of range. go-ethereum's
// recovery takes several of them.
func TestFormsRefusedBeforeRecovery(t *testing.T) {
	t.Parallel()
	k, d := anvilKey(t), signing.Digest{1}
	good := sign(t, k, d)
	n := crypto.S256().Params().N
	bad := map[string]signing.Signature{
		"high s":       highS(good),
		"r zero":       with(good, 0, make([]byte, 32)...),
		"s zero":       with(good, 32, make([]byte, 32)...),
		"r = n":        with(good, 0, n.Bytes()...),
		"s = n":        with(good, 32, n.Bytes()...),
		"r = 2^256-1":  with(good, 0, ones(32)...),
		"s = 2^256-1":  with(good, 32, ones(32)...),
		"s = n/2 + 1":  with(good, 32, new(big.Int).Add(new(big.Int).Rsh(n, 1), big.NewInt(1)).Bytes()...),
		"all zero":     {},
		"v before":     signing.Signature(append([]byte{good[64]}, good[:64]...)),
		"v from 0":     with(good, 64, good[64]-27),
		"v from 31":    with(good, 64, good[64]+4),
		"v of EIP-155": with(good, 64, good[64]+10),
	}
	for _, v := range []byte{0, 1, 2, 3, 4, 26, 29, 30, 31, 34, 255} {
		bad[fmt.Sprint("v = ", v)] = with(good, 64, v)
	}
	for name, sig := range bad {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := signing.SignatureFromBytes(sig[:]); !errors.Is(err, global.ErrSignature) {
				t.Errorf("SignatureFromBytes = %v", err)
			}
			if _, err := signing.ParseSignature(sig.String()); !errors.Is(err, global.ErrSignature) {
				t.Errorf("ParseSignature = %v", err)
			}
			if who, err := signing.Recover(d, sig); !errors.Is(err, global.ErrSignature) {
				t.Errorf("Recover = %s, %v", who, err)
			}
			if err := signing.Verify(d, k.Address(), sig); !errors.Is(err, global.ErrSignature) {
				t.Errorf("Verify = %v", err)
			}
		})
	}
}

// TestSwappedHalves has a form that no check of ranges can refuse.
func TestSwappedHalves(t *testing.T) {
	t.Parallel()
	k, d := anvilKey(t), signing.Digest{1}
	sig := sign(t, k, d)
	swapped := signing.Signature(slices.Concat(sig[32:64], sig[:32], sig[64:]))
	if err := signing.Verify(d, k.Address(), swapped); !errors.Is(err, global.ErrSignature) {
		t.Errorf("s before r: %v", err)
	}
}

// TestNoPointOfTheCurve has values in range that no key can have made: half of all r are no coordinate of a point.
func TestNoPointOfTheCurve(t *testing.T) {
	t.Parallel()
	refused := 0
	for r := range byte(32) {
		sig := signing.Signature{31: r + 1, 63: 1, 64: 27}
		if _, err := signing.Recover(signing.Digest{1}, sig); err != nil {
			if !errors.Is(err, global.ErrSignature) {
				t.Errorf("r = %d: %v", r+1, err)
			}
			refused++
		}
	}
	if refused == 0 || refused == 32 {
		t.Errorf("%d of 32 are refused", refused)
	}
}

// TestLimitsOfS takes the highest s that is still low.
func TestLimitsOfS(t *testing.T) {
	t.Parallel()
	half := new(big.Int).Rsh(crypto.S256().Params().N, 1)
	sig := with(sign(t, anvilKey(t), signing.Digest{1}), 32, half.Bytes()...)
	if _, err := signing.SignatureFromBytes(sig[:]); err != nil {
		t.Errorf("s = n/2: %v", err)
	}
}
