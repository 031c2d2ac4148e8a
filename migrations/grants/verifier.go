package grants

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
)

const (
	// iterations is Postgres's own default, and the least that RFC 7677 allows. A password by openssl rand needs no more.
	iterations = 4096
	saltLength = 16 // bytes, as Postgres's own
)

// verifier returns what Postgres keeps of a password, with a fresh salt. It is made here so that the password itself is
// in no statement, and so in no log of the server.
func verifier(password string) (string, error) {
	salt := make([]byte, saltLength)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("make salt: %w", err)
	}
	return verifierOf(password, salt)
}

// verifierOf follows RFC 5802, section 3, with the hash of RFC 7677, in the form that Postgres keeps.
func verifierOf(password string, salt []byte) (string, error) {
	salted, err := pbkdf2.Key(sha256.New, password, salt, iterations, sha256.Size)
	if err != nil {
		return "", fmt.Errorf("derive key: %w", err)
	}
	stored := sha256.Sum256(mac(salted, "Client Key"))
	encode := base64.StdEncoding.EncodeToString
	return fmt.Sprintf("SCRAM-SHA-256$%d:%s$%s:%s",
		iterations, encode(salt), encode(stored[:]), encode(mac(salted, "Server Key"))), nil
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// isPrintableASCII tells whether the password is the same after SASLprep (RFC 4013), which client and server apply.
func isPrintableASCII(password string) bool {
	return !strings.ContainsFunc(password, func(c rune) bool { return c < ' ' || c > '~' })
}
