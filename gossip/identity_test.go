package gossip_test

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"testing"

	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/peer"
	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/gossip"
)

func TestIdentityRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var secret [32]byte
		copy(secret[1:], rapid.SliceOfN(rapid.Byte(), 31, 31).Draw(t, "secret"))
		secret[31] |= 1 // never zero, and below the order by the leading zero byte
		key, err := gossip.IdentityKey(secret)
		if err != nil {
			t.Fatal(err)
		}
		if raw, err := key.Raw(); err != nil || !bytes.Equal(raw, secret[:]) {
			t.Fatalf("secret became %x, %v", raw, err)
		}
		id, err := peer.IDFromPrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		want, err := key.GetPublic().Raw()
		if err != nil || len(want) != 33 {
			t.Fatalf("public key %x, %v", want, err)
		}
		if public, err := gossip.PublicKey(id); err != nil || !bytes.Equal(public, want) {
			t.Fatalf("public key %x, %v, want %x", public, err, want)
		}
	})
}

// TestKnownIdentity pins the secret 1, whose public key is the curve's base point (SEC 2, section 2.4.1).
func TestKnownIdentity(t *testing.T) {
	t.Parallel()
	key, err := gossip.IdentityKey([32]byte{31: 1})
	if err != nil {
		t.Fatal(err)
	}
	public, err := gossip.PublicKey(idOf(t, key))
	if err != nil {
		t.Fatal(err)
	}
	const base = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
	if got := hex.EncodeToString(public); got != base {
		t.Errorf("public key %s, want %s", got, base)
	}
}

func TestIdentityKeyRefusesBadSecrets(t *testing.T) {
	t.Parallel()
	order, err := hex.DecodeString("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range [][32]byte{{}, [32]byte(order), [32]byte(bytes.Repeat([]byte{0xff}, 32))} {
		if _, err := gossip.IdentityKey(secret); err == nil {
			t.Errorf("accepted %x", secret)
		}
	}
}

func TestPublicKeyRefusesOtherIdentities(t *testing.T) {
	t.Parallel()
	ed, _, err := crypto.GenerateEd25519Key(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := gossip.PublicKey(idOf(t, ed)); !errors.Is(err, gossip.ErrKeyType) {
		t.Errorf("Ed25519: %v, want %v", err, gossip.ErrKeyType)
	}
	rsa, _, err := crypto.GenerateRSAKeyPair(2048, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []peer.ID{"", "junk", idOf(t, rsa)} {
		if _, err := gossip.PublicKey(id); err == nil {
			t.Errorf("accepted %q", id)
		}
	}
}
