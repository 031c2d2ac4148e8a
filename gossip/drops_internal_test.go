package gossip

import (
	"testing"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
)

// TestOnlyLossesAreCounted has the reasons that gossipsub gives: what it refuses for another one was not lost.
func TestOnlyLossesAreCounted(t *testing.T) {
	t.Parallel()
	for reason, want := range map[string]Drops{
		pubsub.RejectValidationQueueFull: {QueueFull: 1},
		pubsub.RejectValidationThrottled: {Throttled: 1},
		pubsub.RejectValidationFailed:    {},
		pubsub.RejectValidationIgnored:   {},
		pubsub.RejectUnexpectedSignature: {},
		pubsub.RejectUnexpectedAuthInfo:  {},
		"a reason of a later version":    {},
	} {
		d := &dropTracer{}
		d.RejectMessage(nil, reason)
		if got := d.read(); got != want {
			t.Errorf("%s: %+v, want %+v", reason, got, want)
		}
	}
	d := &dropTracer{}
	d.DropRPC(nil, "peer")
	d.DuplicateMessage(nil)
	if got, want := d.read(), (Drops{Outbound: 1}); got != want {
		t.Errorf("a full queue and a duplicate: %+v, want %+v", got, want)
	}
}

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
