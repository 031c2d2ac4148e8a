package signing_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

// TestAddressChecksums has the examples of EIP-55 itself.
func TestAddressChecksums(t *testing.T) {
	t.Parallel()
	for _, want := range []string{
		"0x52908400098527886E0F7030069857D2E4169EE7",
		"0x8617E340B3D01FA5F11F306F4090FD50E238070D",
		"0xde709f2102306220921060314715629080e2fb77",
		"0x27b1fdb04752bbc536007a920d24acb045561c26",
		"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
		"0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
		"0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
		"0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			for _, in := range []string{want, strings.ToLower(want), "0x" + strings.ToUpper(want[2:])} {
				if a, err := signing.ParseAddress(in); err != nil || a.String() != want || a.Short() != want[:10] {
					t.Errorf("ParseAddress(%s) = %s, %v", in, a, err)
				}
			}
		})
	}
}

func TestAddressForms(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := addresses().Draw(t, "a"), addresses().Draw(t, "b")
		if a.String() != common.Address(a).Hex() {
			t.Fatalf("String = %s, go-ethereum has %s", a, common.Address(a).Hex())
		}
		text, err := json.Marshal(map[signing.Address]signing.Address{a: b})
		var back map[signing.Address]signing.Address
		if err != nil || json.Unmarshal(text, &back) != nil || back[a] != b {
			t.Fatalf("JSON %s read back = %v, %v", text, back, err)
		}
		if got, want := a.Compare(b), strings.Compare(string(a[:]), string(b[:])); got != want || b.Compare(a) != -want {
			t.Fatalf("Compare(%s, %s) = %d, want %d", a, b, got, want)
		}
	})
}

func TestParseAddressRefuses(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]string{
		"empty":             "",
		"prefix alone":      "0x",
		"no prefix":         anvilAddress[2:],
		"upper prefix":      "0X" + strings.ToUpper(anvilAddress[2:]),
		"wrong checksum":    strings.Replace(anvilAddress, "F", "f", 1),
		"one letter raised": "0xde709f2102306220921060314715629080e2fB77",
		"short":             anvilAddress[:41],
		"long":              anvilAddress + "0",
		"not hex":           "0x" + strings.Repeat("g", 40),
		"space before":      " " + anvilAddress,
		"Kelvin sign":       "0x" + strings.Repeat("0", 39) + "\u212a",
		"dotted I":          "0x" + strings.Repeat("0", 39) + "\u0130",
		"broken UTF-8":      "0x" + strings.Repeat("0", 39) + "\xff",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, err := signing.ParseAddress(in)
			if !errors.Is(err, global.ErrMalformed) || a != (signing.Address{}) {
				t.Errorf("ParseAddress(%q) = %s, %v", in, a, err)
			}
			kept := signing.Address{1}
			if err := kept.UnmarshalText([]byte(in)); !errors.Is(err, global.ErrMalformed) || kept != (signing.Address{1}) {
				t.Errorf("UnmarshalText(%q) = %s, %v", in, kept, err)
			}
		})
	}
}

func TestPublicKeyAddress(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		k := keys().Draw(t, "key")
		secret := k.Secret()
		private, err := crypto.ToECDSA(secret[:])
		if err != nil {
			t.Fatalf("ToECDSA = %v", err)
		}
		compressed := crypto.CompressPubkey(&private.PublicKey)
		if a, err := signing.PublicKeyAddress(compressed); err != nil || a != k.Address() {
			t.Fatalf("PublicKeyAddress = %s, %v; want %s", a, err, k.Address())
		}
	})
	for name, in := range map[string][]byte{
		"empty": nil, "short": make([]byte, 32), "zeros": make([]byte, 33), "uncompressed": append([]byte{4}, ones(64)...),
		"x beyond the field": append([]byte{2}, ones(32)...), "long": append([]byte{2}, make([]byte, 33)...),
	} {
		if a, err := signing.PublicKeyAddress(in); !errors.Is(err, global.ErrMalformed) {
			t.Errorf("%s: PublicKeyAddress = %s, %v", name, a, err)
		}
	}
}

func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"", "0x", anvilAddress, strings.ToLower(anvilAddress), "0x\u212a", strings.Repeat("\u0130", 21)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := signing.ParseAddress(s)
		if err != nil {
			if !errors.Is(err, global.ErrMalformed) {
				t.Fatalf("ParseAddress(%q) = %v", s, err)
			}
			return
		}
		if !strings.EqualFold(a.String(), s) || !common.IsHexAddress(s) {
			t.Fatalf("ParseAddress(%q) = %s", s, a)
		}
		if back, err := signing.ParseAddress(a.String()); err != nil || back != a {
			t.Fatalf("ParseAddress(%s) = %s, %v", a, back, err)
		}
	})
}
