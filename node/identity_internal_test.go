package node

import (
	"bytes"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/peer"
	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/config"
)

// newKey makes a key and its peer ID.
func newKey(t interface{ Fatal(args ...any) }) (signing.Key, peer.ID) {
	key, err := signing.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	id, err := PeerID(key)
	if err != nil {
		t.Fatal(err)
	}
	return key, id
}

// strangerID returns an ID of a kind of key that no signer has.
func strangerID(t *testing.T) peer.ID {
	t.Helper()
	_, public, err := crypto.GenerateEd25519Key(nil)
	if err != nil {
		t.Fatal(err)
	}
	id, err := peer.IDFromPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// Peer ID and address name the same node.
func TestPeerAddress(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.SliceOfN(rapid.Byte(), 32, 32).Filter(func(b []byte) bool { return b[0] != 0xff && b[31] != 0 }).Draw(t, "secret")
		key, err := signing.ParseKey(strings.ToLower(hexOf(secret)))
		if err != nil {
			t.Fatal(err)
		}
		id, err := PeerID(key)
		if err != nil {
			t.Fatal(err)
		}
		if address, err := peerAddress(id); err != nil || address != key.Address() {
			t.Errorf("the peer ID of %s stands for %s, %v", key.Address(), address, err)
		}
	})
	if address, err := peerAddress(strangerID(t)); err == nil {
		t.Errorf("an Ed25519 ID stands for %s", address)
	}
	if _, err := peerAddress("no ID"); err == nil {
		t.Error("what is no peer ID stands for somebody")
	}
}

func hexOf(b []byte) string { return signing.Digest(b).String()[2:] }

func TestAdmission(t *testing.T) {
	t.Parallel()
	member, memberID := newKey(t)
	_, bootstrapID := newKey(t)
	_, strangersID := newKey(t)
	allowed := strangerID(t)
	cfg := config.Config{
		Signers:       []signing.Address{member.Address()},
		AllowedPeers:  []peer.ID{allowed},
		BootstrapAddr: []peer.AddrInfo{{ID: bootstrapID}},
	}
	admits := admission(cfg)
	for id, want := range map[peer.ID]bool{
		memberID: true, bootstrapID: true, allowed: true, strangersID: false, strangerID(t): false, "no ID": false,
	} {
		if got := admits(id); got != want {
			t.Errorf("admission of %q = %t", id, got)
		}
	}
	if cfg.Signers = nil; admission(cfg) != nil {
		t.Error("a network without a roster refuses somebody")
	}
	if len(cfg.AllowedPeers) != 1 {
		t.Error("the settings were changed")
	}
}

func TestLoadKey(t *testing.T) {
	t.Parallel()
	var logged bytes.Buffer
	log := slog.New(slog.NewTextHandler(&logged, nil))
	given, _ := newKey(t)
	folder := t.TempDir()
	cfg := config.Config{DataDir: folder, PrivateKey: given}
	if key, err := loadKey(cfg, log); err != nil || key.Address() != given.Address() {
		t.Errorf("GP_PRIVATEKEY gives %s, %v", key, err)
	}
	cfg.PrivateKey = signing.Key{}
	made, err := loadKey(cfg, log)
	if err != nil || !strings.Contains(logged.String(), "key made") || !strings.Contains(logged.String(), made.Address().String()) {
		t.Fatalf("a first start: %v, told %q", err, &logged)
	}
	logged.Reset()
	if key, err := loadKey(cfg, log); err != nil || key.Address() != made.Address() || logged.Len() > 0 {
		t.Errorf("the second start runs on %s, %v, told %q", key, err, &logged)
	}
	// A key file that is named must be there: a new identity instead would be a surprise.
	cfg.KeyFile = filepath.Join(folder, "elsewhere")
	if _, err := loadKey(cfg, log); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing GP_KEYFILE = %v", err)
	}
	if _, err := os.Stat(cfg.KeyFile); err == nil {
		t.Error("a missing GP_KEYFILE was made")
	}
}
