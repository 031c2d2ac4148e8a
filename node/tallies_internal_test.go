package node

import (
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// A heartbeat tells of the newest refusals, in rounds that are not long over.
func TestTalliesRefused(t *testing.T) {
	t.Parallel()
	const first = consensus.Round(1_800_000_000)
	tallies := tallies{tellRefused: 10 * time.Minute}
	for i := range 20 {
		tallies.note(Event{
			Step: Refused, ID: signing.Digest{byte(i), 31: 1}, Refusal: consensus.RefusedNoPrice,
			Observation: consensus.Observation{Round: first + consensus.Round(60*i)},
		})
	}
	for _, c := range []struct {
		after time.Duration // of the start of the first round
		told  int
		first byte
	}{
		{19 * time.Minute, 10, 10}, // those of rounds that began less than 10 minutes ago
		{9 * time.Minute, 16, 4},   // the last 16, though the clock was set back
		{time.Hour, 0, 0},
		{29*time.Minute - time.Second, 1, 19},
	} {
		var d consensus.Details
		tallies.tell(&d, first.Start().Add(c.after))
		if d.Refusals != 20 || len(d.Refused) != c.told {
			t.Errorf("after %v: %d refusals, %d told", c.after, d.Refusals, len(d.Refused))
			continue
		}
		if want := (consensus.RefusedPrice{ID: consensus.ShortID{c.first}, Reason: consensus.RefusedNoPrice}); c.told > 0 && d.Refused[0] != want {
			t.Errorf("after %v: the first is %v", c.after, d.Refused[0])
		}
	}
}
