package signing_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

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
