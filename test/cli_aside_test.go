package test_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
)

// A stopped node's journal shows what its price store refused, and takes it back.
func cliAside(t *testing.T, c cli) {
	folder := t.TempDir()
	c = c.with("GP_DATADIR=" + folder)
	c.run(t, "aside").want(t, 1, "no journal", "GP_DATADIR names the node's folder")

	report := signedPrice(t, makeKey(t, 9), consensus.RoundAt(time.Now(), time.Minute), 300_000)
	id := report.Observation.Digest(signing.NewDomain(testNetwork))
	journal, err := store.OpenJournal(t.Context(), filepath.Join(folder, "node.db"))
	if err == nil {
		err = journal.Keep(t.Context(), []consensus.Certificate{{ID: id, Report: report, LastSigned: time.Now()}})
	}
	if err == nil {
		err = journal.SetAside(t.Context(), []store.RefusedRow{{ID: id, Reason: errors.New("a constraint of mine")}})
	}
	if err != nil {
		t.Fatal(err)
	}
	c.run(t, "aside").want(t, 1, "in use by another process")
	if err := journal.Close(); err != nil {
		t.Fatal(err)
	}
	c.run(t, "aside").want(t, 0, id.String(), "a constraint of mine")
	c.run(t, "aside", "--json").want(t, 0, `"id":"`+id.String()+`"`, `"reason":"a constraint of mine"`)
	c.run(t, "aside", "--retry").want(t, 0, id.String(), "1 certificates are back in the outbox")
	c.run(t, "aside", "--retry", "--json").want(t, 0, `{"back_in_outbox":0}`)
	if r := c.run(t, "aside").want(t, 0); r.stdout != "" {
		t.Errorf("still set aside: %s", r.stdout)
	}
}
