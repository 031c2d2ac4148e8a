package gossip

import (
	"math"
	"testing"
	"time"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	pb "github.com/libp2p/go-libp2p-pubsub/pb"
)

// TestReasonsAreCounted has the reasons that gossipsub gives.
func TestReasonsAreCounted(t *testing.T) {
	t.Parallel()
	for reason, want := range map[string]struct {
		counts Counts
		score  float64
	}{
		pubsub.RejectValidationQueueFull: {Counts{QueueFull: 1}, 0},
		pubsub.RejectValidationThrottled: {Counts{Throttled: 1}, 0},
		pubsub.RejectValidationFailed:    {Counts{}, 0}, // counted by the validator
		pubsub.RejectValidationIgnored:   {Counts{}, 0},
		pubsub.RejectUnexpectedSignature: {Counts{Authored: 1}, -1},
		pubsub.RejectUnexpectedAuthInfo:  {Counts{Authored: 1}, -1},
		pubsub.RejectSelfOrigin:          {Counts{Authored: 1}, -1},
	} {
		l := newLedger(newBudget(nil), newBans(), func() {})
		tr := tracer{counts: newCounter(), ledger: l}
		tr.RejectMessage(&pubsub.Message{Message: &pb.Message{}, ReceivedFrom: "peer"}, reason)
		if got := tr.counts.counts; got != want.counts {
			t.Errorf("%s: %+v, want %+v", reason, got, want.counts)
		}
		if got := l.score("peer", time.Now()); math.Abs(got-want.score) > .01 {
			t.Errorf("%s: score %v, want %v", reason, got, want.score)
		}
	}
	tr := tracer{counts: newCounter()}
	tr.DropRPC(nil, "peer")
	tr.DuplicateMessage(nil)
	if got, want := tr.counts.counts, (Counts{Outbound: 1, Duplicate: 1}); got != want {
		t.Errorf("a full queue and a duplicate: %+v, want %+v", got, want)
	}
}

// TestWhatWaitsAtTheEndIsClosed counts a message that no validator will ever see.
func TestWhatWaitsAtTheEndIsClosed(t *testing.T) {
	t.Parallel()
	c := newCounter()
	tracer{counts: c, meshes: newMeshes()}.Join("ours")
	topic := "ours"
	c.arrived([]*pb.Message{{Topic: &topic}, {}}, nil)
	c.arrived([]*pb.Message{{}}, errLimited)
	c.arrived([]*pb.Message{{}, {}}, errRefused)
	want := Counts{Received: 5, Waiting: 1, Foreign: 1, Limited: 1, Refused: 2}
	if got := c.read(); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	c.close()
	want.Waiting, want.Closed = 0, 1
	if got := c.read(); got != want {
		t.Errorf("after the end: %+v, want %+v", got, want)
	}
}
