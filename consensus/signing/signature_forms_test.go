package signing_test

import (
	"encoding/json"
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common/math"
	"github.com/ethereum/go-ethereum/crypto"
	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

func TestSignatureLengths(t *testing.T) {
	t.Parallel()
	sig := sign(t, anvilKey(t), signing.Digest{1})
	long := slices.Concat(sig[:], sig[:])
	for n := range len(long) + 1 {
		_, err := signing.SignatureFromBytes(long[:n])
		if wrong := n != 65; wrong != errors.Is(err, global.ErrMalformed) || wrong != (err != nil) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	text := sig.String()
	for n := range len(text) {
		if _, err := signing.ParseSignature(text[:n]); !errors.Is(err, global.ErrMalformed) {
			t.Errorf("%d digits: %v", n, err)
		}
	}
}

func TestSignatureText(t *testing.T) {
	t.Parallel()
	sig := sign(t, anvilKey(t), signing.Digest{1})
	b, err := json.Marshal(sig)
	var back signing.Signature
	if err != nil || json.Unmarshal(b, &back) != nil || back != sig || string(b) != `"0x`+hexOf(sig[:])+`"` {
		t.Errorf("JSON %s read back = %s, %v", b, back, err)
	}
	for _, in := range []string{
		"", hexOf(sig[:]), "0x" + strings.ToUpper(hexOf(sig[:])), "0X" + hexOf(sig[:]), sig.String() + "00",
		highS(sig).String(), (signing.Signature{}).String(),
	} {
		kept := sig
		if err := kept.UnmarshalText([]byte(in)); err == nil || kept != sig {
			t.Errorf("UnmarshalText(%q) = %s, %v", in, kept, err)
		}
	}
}

func FuzzParseSignature(f *testing.F) {
	sig := sign(f, anvilKey(f), signing.Digest{1})
	f.Add(sig.String())
	f.Add(highS(sig).String())
	f.Add(strings.ToUpper(sig.String()))
	f.Add(sig.String()[:66])
	f.Add("0x")
	f.Fuzz(func(t *testing.T, s string) {
		sig, err := signing.ParseSignature(s)
		if err != nil {
			if !errors.Is(err, global.ErrMalformed) && !errors.Is(err, global.ErrSignature) {
				t.Fatalf("ParseSignature(%q) = %v", s, err)
			}
			return
		}
		if sig.String() != s {
			t.Fatalf("ParseSignature(%q) writes %s", s, sig)
		}
		who, err := signing.Recover(signing.Digest{1}, sig)
		if err == nil && signing.Verify(signing.Digest{1}, who, sig) != nil {
			t.Fatalf("%s recovers to %s, which does not verify", sig, who)
		}
	})
}

func BenchmarkSign(b *testing.B) {
	k, d := anvilKey(b), signing.Digest{1}
	b.ReportAllocs()
	for b.Loop() {
		sign(b, k, d)
	}
}

func BenchmarkRecover(b *testing.B) {
	d := signing.Digest{1}
	sig := sign(b, anvilKey(b), d)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := signing.Recover(d, sig); err != nil {
			b.Fatal(err)
		}
	}
}

// TestRangesAsGoEthereum compares what is refused with go-ethereum's own check, at the borders and around them.
func TestRangesAsGoEthereum(t *testing.T) {
	t.Parallel()
	n := crypto.S256().Params().N
	half := new(big.Int).Rsh(n, 1)
	number := func(t *rapid.T, name string) *big.Int {
		near := rapid.SampledFrom([]*big.Int{new(big.Int), half, n, new(big.Int).Sub(math.MaxBig256, big.NewInt(1))}).Draw(t, name)
		moved := new(big.Int).Add(near, big.NewInt(rapid.Int64Range(-3, 3).Draw(t, name+" moved")))
		return moved.And(moved, math.MaxBig256)
	}
	rapid.Check(t, func(t *rapid.T) {
		r, s, v := number(t, "r"), number(t, "s"), rapid.Byte().Draw(t, "v")
		b := slices.Concat(math.PaddedBigBytes(r, 32), math.PaddedBigBytes(s, 32), []byte{v})
		want := v >= 27 && crypto.ValidateSignatureValues(v-27, r, s, true)
		if _, err := signing.SignatureFromBytes(b); (err == nil) != want {
			t.Fatalf("%x: %v, go-ethereum says %t", b, err, want)
		}
	})
}
