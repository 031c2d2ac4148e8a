package signing_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

func TestParseKey(t *testing.T) {
	t.Parallel()
	for _, in := range []string{anvilSecret, "0x" + anvilSecret, strings.ToUpper(anvilSecret)} {
		k, err := signing.ParseKey(in)
		secret := k.Secret()
		if err != nil || k.IsZero() || k.Address().String() != anvilAddress || hexOf(secret[:]) != anvilSecret {
			t.Errorf("ParseKey(%q) = %s, %v", in, k, err)
		}
	}
}

func TestParseKeyRefuses(t *testing.T) {
	t.Parallel()
	n := crypto.S256().Params().N
	for name, in := range map[string]string{
		"empty": "", "prefix alone": "0x", "short": anvilSecret[:62], "odd": anvilSecret[:63], "long": anvilSecret + "00",
		"not hex": strings.Repeat("xy", 32), "two prefixes": "0x0x" + anvilSecret, "space": " " + anvilSecret,
		"zero": strings.Repeat("00", 32), "n": hexOf(n.Bytes()),
		"n + 1": hexOf(new(big.Int).Add(n, big.NewInt(1)).Bytes()), "2^256 - 1": hexOf(ones(32)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, err := signing.ParseKey(in)
			if !errors.Is(err, global.ErrMalformed) || !k.IsZero() {
				t.Fatalf("ParseKey(%q) = %s, %v", in, k, err)
			}
			if len(in) > 8 && strings.Contains(err.Error(), in[:8]) {
				t.Errorf("the error shows the input: %v", err)
			}
		})
	}
}

func TestGenerateKey(t *testing.T) {
	t.Parallel()
	a, errA := signing.GenerateKey()
	b, errB := signing.GenerateKey()
	if err := errors.Join(errA, errB); err != nil || a.Address() == b.Address() || a.IsZero() {
		t.Fatalf("GenerateKey = %s, %s, %v", a, b, err)
	}
	if !(signing.Key{}).IsZero() {
		t.Error("the zero value is no key")
	}
}

// holder is a struct that a key might be printed in by mistake.
type holder struct {
	Key     signing.Key
	Pointer *signing.Key
	hidden  signing.Key
}

func TestKeyNeverPrintsItsSecret(t *testing.T) {
	t.Parallel()
	k := anvilKey(t)
	var out bytes.Buffer
	for _, v := range []any{k, &k, holder{k, &k, k}, &holder{k, &k, k}, []signing.Key{k}, map[string]signing.Key{"k": k}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o", "%b", "%p", "%T"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		b, err := json.Marshal(v)
		fmt.Fprintln(&out, v, string(b), err)
		slog.New(slog.NewTextHandler(&out, nil)).Info("text", "key", v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("json", "key", v)
	}
	if !strings.Contains(out.String(), anvilAddress) {
		t.Error("a key shows its address")
	}
	secret := k.Secret()
	printed := strings.ToLower(out.String())
	for form, s := range map[string]string{
		"hex":             anvilSecret,
		"the number":      new(big.Int).SetBytes(secret[:]).String(),
		"the number in 8": new(big.Int).SetBytes(secret[:]).Text(8),
		"the number in 2": new(big.Int).SetBytes(secret[:]).Text(2),
		"a byte list":     strings.Trim(fmt.Sprint(secret), "[]"),
		"its words":       new(big.Int).SetBytes(secret[24:]).String(),
		"its words, hex":  hexOf(secret[24:]),
	} {
		if strings.Contains(printed, s) {
			t.Errorf("the secret is printed as %s", form)
		}
	}
	if s := fmt.Sprintf("%#v", k); s != "signing.Key("+anvilAddress+")" {
		t.Errorf("%%#v = %s", s)
	}
}
