package grants

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"
)

// TestVerifier follows the exchange of RFC 7677, section 3: by the two keys of the verifier a server checks the client's proof
// and signs the exchange.
func TestVerifier(t *testing.T) {
	t.Parallel()
	const (
		exchange = "n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==," +
			"i=4096,c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
		proof     = "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
		signature = "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
	)
	got, err := verifierOf("pencil", decode(t, "W22ZaJ0SNY7soEsUEjb6gQ=="))
	if err != nil {
		t.Fatal(err)
	}
	keys, ok := strings.CutPrefix(got, "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$")
	stored, server, both := strings.Cut(keys, ":")
	if !ok || !both {
		t.Fatalf("verifier %s", got)
	}
	if s := base64.StdEncoding.EncodeToString(mac(decode(t, server), exchange)); s != signature {
		t.Errorf("the server signs %s, want %s", s, signature)
	}
	key := decode(t, proof)
	for i, b := range mac(decode(t, stored), exchange) {
		key[i] ^= b
	}
	if sum := sha256.Sum256(key); base64.StdEncoding.EncodeToString(sum[:]) != stored {
		t.Errorf("the client's proof does not fit the stored key %s", stored)
	}
}

func decode(t *testing.T, text string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestVerifierIsQuotable: whatever the password, the verifier stands in quotes as it is, and has a salt of its own.
func TestVerifierIsQuotable(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	for _, password := range []string{"a", "a", `'; DROP TABLE prices; --`, `"\$$ %41`, strings.Repeat("~ ", 500)} {
		v, err := verifier(password)
		if err != nil || seen[v] || strings.ContainsAny(v, `'"\`) || len(v) != 133 {
			t.Errorf("verifier(%q) = %s, %v", password, v, err)
		}
		seen[v] = true
	}
}
