package node

import (
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/gossip"
)

func TestCadence(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		members, pairs int
		interval, skew time.Duration
		want           gossip.Cadence
	}{
		// 30 min and twice the skew are held: 4 rounds at most, and 2 of them are not over by some clock.
		"four":  {4, 1, 10 * time.Minute, 5 * time.Second, gossip.Cadence{Messages: 4 * 16, Every: 30*time.Minute + 10*time.Second, Again: 2 * 4}},
		"pairs": {4, 32, 10 * time.Minute, 5 * time.Second, gossip.Cadence{Messages: 4 * 16 * 32, Every: 30*time.Minute + 10*time.Second, Again: 2 * 4 * 32}},
		"short": {4, 1, time.Second, 5 * time.Second, gossip.Cadence{Messages: 132 * 16, Every: 131 * time.Second, Again: 12 * 4}},
		"skew":  {4, 1, time.Second, time.Minute, gossip.Cadence{Messages: 242 * 16, Every: 241 * time.Second, Again: 122 * 4}},
		"open":  {0, 1, 10 * time.Minute, 5 * time.Second, gossip.Cadence{Messages: 4 * 64 * 64, Every: 30*time.Minute + 10*time.Second, Again: 2 * 64}},
	} {
		var roster []signing.Address
		for i := range c.members {
			roster = append(roster, signing.Address{byte(i)})
		}
		p := &consensus.Policy{
			Pairs: make([]price.Pair, c.pairs), Interval: c.interval, Skew: c.skew, Roster: consensus.NewRoster(roster...),
		}
		if got := reportCadence(p); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
		if got := evidenceCadence(p); got.Messages != c.want.Messages/signers(p) || got.Every != c.want.Every || got.Again != evidenceAgain {
			t.Errorf("%s: evidence %+v", name, got)
		}
	}
}

// Each of four signers says seventeen things in each of the windows of which messages are taken: two, and those that clocks reach.
func TestNoticesCadence(t *testing.T) {
	t.Parallel()
	p := &consensus.Policy{Roster: consensus.NewRoster(signing.Address{1}, signing.Address{2}, signing.Address{3}, signing.Address{4})}
	for flush, want := range map[time.Duration]gossip.Cadence{
		30 * time.Second: {Messages: 3 * 4 * 17, Every: 70 * time.Second},
		time.Second:      {Messages: 13 * 4 * 17, Every: 12 * time.Second},
	} {
		if got := noticesCadence(&config.Config{FlushInterval: flush, ClockSkew: 5 * time.Second}, p); got != want {
			t.Errorf("windows of %s: %+v, want %+v", flush, got, want)
		}
	}
}
