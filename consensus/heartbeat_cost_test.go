package consensus_test

import (
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
)

// TestHeartbeatCost: however large the roster, a heartbeat is small, and few come.
func TestHeartbeatCost(t *testing.T) {
	t.Parallel()
	for members, most := range map[int]int{4: 360, 64: 450, 256: 650, 1000: 750} {
		w := newWorld(t, members)
		p := w.policy
		h := sampleHeartbeat(t, "0000000000000000000000000000000000000000000000000000000000000001")
		d := h.Details
		d.Settings = p.Settings(settle)
		d.Connected = nil
		for place := range members {
			d.Connect(place)
		}
		d.Received.Counts = make([]uint16, min(members, consensus.MaxReceived))
		for i := range d.Received.Counts {
			d.Received.Counts[i] = uint16(16 * min(1, 16*128/members)) // one byte each with one pair
		}
		h.Details = d
		signed, err := h.Sign(w.keys[0])
		if err != nil {
			t.Fatal(err)
		}
		size, every := len(signed.Encode()), p.BeatInterval()
		perSecond := float64(members) / every.Seconds()
		t.Logf("%d members: %d bytes, every %v; of all together %.2f a second, %.0f bytes a second",
			members, size, every.Round(100*time.Millisecond), perSecond, perSecond*float64(size))
		if size > most || perSecond > 4.3 {
			t.Errorf("%d members: %d bytes, %.2f a second", members, size, perSecond)
		}
		h.Details.Refused = make([]consensus.RefusedPrice, consensus.MaxRefused)
		if signed, err = h.Sign(w.keys[0]); err != nil {
			t.Fatal(err)
		}
		more := len(signed.Encode()) - size
		t.Logf("%d members: %d bytes more with %d refusals", members, more, consensus.MaxRefused)
		if more > 148 {
			t.Errorf("%d members: %d bytes more", members, more)
		}
	}
}
