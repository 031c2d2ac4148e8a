package gossip

import "testing"

func TestNoValidatorStartsAfterFinish(t *testing.T) {
	t.Parallel()
	var f inFlight
	if !f.open() || !f.start() {
		t.Fatal("closed from the start")
	}
	f.done()
	f.finish()
	f.finish()
	if f.open() || f.start() {
		t.Error("open after finish")
	}
}
