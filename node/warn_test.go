package node_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
)

// A node says at its start what is dangerous about its settings.
func TestWarnings(t *testing.T) {
	t.Parallel()
	known, err := signing.ParseKey("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")
	if err != nil {
		t.Fatal(err)
	}
	const key, open, outside = "publicly known development key", "open network", "not in GP_SIGNERS"
	const stages = "GP_STAGEDELAY is too long"
	nine := make([]signing.Address, 9)
	for i := range nine {
		nine[i] = newKey(t).Address()
	}
	for name, test := range map[string]struct {
		key    signing.Key
		roster []signing.Address
		stage  int // parts of a round that a stage lasts; 0: measured
		want   []string
	}{
		"nothing":   {key: newKey(t)},
		"known key": {key: known, want: []string{key}},
		"open":      {key: known, roster: []signing.Address{}, want: []string{key, open}},
		"outside":   {key: newKey(t), roster: []signing.Address{known.Address()}, want: []string{outside}},
		// With nine members and a quorum of three the last one has its turn after three stages.
		"a third of a round": {key: newKey(t), roster: nine, stage: 3, want: []string{outside}},
		"half a round":       {key: newKey(t), roster: nine, stage: 2, want: []string{outside, stages}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMember(t, test.key)
			if test.roster != nil {
				m.cfg.Signers = test.roster
			}
			if test.stage > 0 {
				m.cfg.MinimumSignerCount = 3
				m.cfg.StageDelay = m.cfg.FetchPriceInterval / time.Duration(test.stage)
			}
			m.start()
			for _, text := range []string{key, open, outside, stages} {
				want := false
				for _, wanted := range test.want {
					want = want || wanted == text
				}
				if got := strings.Contains(m.logged(), text); got != want {
					t.Errorf("%q is told: %t, want %t", text, got, want)
				}
			}
		})
	}
}
