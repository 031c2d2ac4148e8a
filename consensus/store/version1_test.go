package store_test

import (
	"errors"
	"reflect"
	"testing"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/consensus/store/storetest"
	"github.com/gossip-price/gossip-price/global"
)

// version1 is a journal of version 1 as that one made it, with rows in every table but the outbox. It is frozen.
const version1 = `
PRAGMA journal_mode = WAL;
PRAGMA application_id = 1733323372;
PRAGMA user_version = 1;
CREATE TABLE watermark (
	single INTEGER NOT NULL PRIMARY KEY DEFAULT 1 CHECK (single = 1),
	round INTEGER NOT NULL
) STRICT;
INSERT INTO watermark (round) VALUES (0);
CREATE TABLE proposals (
	pair TEXT NOT NULL,
	round INTEGER NOT NULL,
	report BLOB NOT NULL,
	PRIMARY KEY (pair, round)
) STRICT;
CREATE TABLE cosignatures (
	proposer BLOB NOT NULL,
	pair TEXT NOT NULL,
	round INTEGER NOT NULL,
	id BLOB NOT NULL,
	PRIMARY KEY (proposer, pair, round)
) STRICT, WITHOUT ROWID;
CREATE TABLE outbox (
	id BLOB NOT NULL PRIMARY KEY,
	lastsigned INTEGER NOT NULL,
	signers INTEGER NOT NULL,
	report BLOB NOT NULL
) STRICT;
CREATE INDEX outbox_lastsigned_id ON outbox (lastsigned, id);
CREATE TABLE peers (
	id TEXT NOT NULL PRIMARY KEY,
	position INTEGER NOT NULL,
	addrs TEXT NOT NULL
) STRICT;
UPDATE watermark SET round = 600;
INSERT INTO proposals VALUES ('A-B', 660, x'6f6e65');
INSERT INTO cosignatures VALUES (zeroblob(20), 'A-B', 660, zeroblob(32));
INSERT INTO peers VALUES ('a', 0, '["/ip4/1.2.3.4/tcp/1"]');`

// makeVersion1 makes a journal of version 1, and returns the certificate in its outbox.
func makeVersion1(t *testing.T, path string) consensus.Certificate {
	t.Helper()
	c := storetest.NewSigners(t, "n", 3).Certificates(t, 1)[0]
	db := openRaw(t, path)
	if _, err := db.ExecContext(t.Context(), version1); err != nil {
		t.Fatal(err)
	}
	const insert = "INSERT INTO outbox VALUES (?, ?, ?, ?)"
	if _, err := db.ExecContext(t.Context(), insert, c.ID[:], c.LastSigned.UnixMilli(), 3, c.Encode()); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return c
}

// holdsVersion1 wants all that makeVersion1 wrote, and its promises kept.
func holdsVersion1(t *testing.T, j *store.Journal, c consensus.Certificate) {
	t.Helper()
	report, err := j.Propose(t.Context(), "A-B", 660, []byte("two"))
	if err != nil || string(report) != "one" {
		t.Errorf("Propose = %q, %v; want the one of version 1", report, err)
	}
	for _, x := range []struct {
		round consensus.Round
		id    signing.Digest
		want  error
	}{{660, signing.Digest{}, nil}, {660, signing.Digest{1}, global.ErrDoubleSign}, {600, signing.Digest{}, global.ErrDoubleSign}} {
		if err := j.Cosign(t.Context(), signing.Address{}, "A-B", x.round, x.id); !errors.Is(err, x.want) {
			t.Errorf("Cosign(%d, %s) = %v, want %v", x.round, x.id.Short(), err, x.want)
		}
	}
	waiting, err := j.Waiting(t.Context())
	if err != nil || !reflect.DeepEqual(waiting, []consensus.Certificate{c}) {
		t.Errorf("Waiting = %v, %v", waiting, err)
	}
	peers, err := j.Peers(t.Context())
	if want := []store.Peer{{ID: "a", Addrs: []string{"/ip4/1.2.3.4/tcp/1"}}}; err != nil || !reflect.DeepEqual(peers, want) {
		t.Errorf("Peers = %v, %v", peers, err)
	}
}
