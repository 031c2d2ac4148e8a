package writing_test

import (
	"testing"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/writing"
)

// Who announced a row first is told, and nobody for a row that nobody announced, or only about another store.
func TestWriter(t *testing.T) {
	t.Parallel()
	d := newDesk(t, false)
	id := signing.Digest{1}
	if writer, announced := d.machine.Writer(id); announced || writer != (signing.Address{}) {
		t.Errorf("before anything was said: %s", writer)
	}
	if got := d.machine.Receive(d.notice(nil, id).Encode(), d.now); got != writing.Accepted {
		t.Fatal(got)
	}
	if writer, announced := d.machine.Writer(id); !announced || writer != d.keys[1].Address() {
		t.Errorf("announced %t by %s", announced, writer)
	}
	d.machine.SetStore("another")
	if _, announced := d.machine.Writer(id); announced {
		t.Error("announced in another store")
	}
}

// What was said of one store says nothing of another one that takes its place.
func TestAnotherStore(t *testing.T) {
	t.Parallel()
	d := newDesk(t, false)
	if got := d.machine.Receive(d.notice(nil, signing.Digest{1}).Encode(), d.now); got != writing.Accepted {
		t.Fatal(got)
	}
	if told, took, _ := d.machine.Works(); told.IsZero() || took.IsZero() {
		t.Fatalf("told %s, took %s", told, took)
	}
	d.machine.SetStore("another")
	if told, took, _ := d.machine.Works(); !told.IsZero() || !took.IsZero() {
		t.Errorf("of another store: told %s, took %s", told, took)
	}
}
