// Package doctor examines the settings of a node and what they name, before it starts and beside it, and says what to do where
// all is not well. It writes nothing.
package doctor

import (
	"context"
	"sync"
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/node/api"
	"github.com/gossip-price/gossip-price/node/vitals"
)

// stepTimeout bounds each step. All go on at once, so it bounds the examination too.
const stepTimeout = 15 * time.Second

// patient is what is examined.
type patient struct {
	cfg     config.Config
	now     func() time.Time
	key     signing.Key
	keyErr  error // why there is no key
	running bool  // a node runs on the data folder
	lockErr error // why that is not known
	dial    func() dialled
}

// step is one look, which makes a check.
type step struct {
	rule vitals.Rule // look judges in its place
	look func(ctx context.Context, p *patient) vitals.Verdict
}

// Examine looks at all that the settings name, at once, each within 15 s, and returns a check for each, always the same ones in
// the same order for one kind of node. now is the wall clock. Secrets are in none of the texts.
func Examine(ctx context.Context, cfg config.Config, now func() time.Time) []api.Check {
	p := &patient{cfg: cfg, now: now}
	p.key, p.keyErr = findKey(cfg)
	if cfg.Bootstrap { // it has no journal
		_, err := askReady(ctx, cfg.APIAddr)
		p.running = err == nil
	} else {
		p.running, p.lockErr = store.InUse(ctx, cfg.JournalPath())
	}
	p.dial = sync.OnceValue(func() dialled { return p.dialAll(ctx) }) // two steps ask for it
	steps := append(commonSteps(), settingsSteps(p)...)
	if !cfg.Bootstrap {
		steps = append(steps, nodeSteps()...)
	}
	checks := make([]api.Check, len(steps))
	var all sync.WaitGroup
	for i, s := range steps {
		all.Go(func() { checks[i] = s.run(ctx, p) })
	}
	all.Wait()
	return checks
}

func (s step) run(ctx context.Context, p *patient) api.Check {
	ctx, cancel := context.WithTimeout(ctx, stepTimeout)
	defer cancel()
	return s.rule.Check(s.look(ctx, p))
}

// Fails tells whether one of the checks fails: the node would not start, or not do its work.
func Fails(checks []api.Check) bool {
	for _, c := range checks {
		if c.State == api.CheckFailing {
			return true
		}
	}
	return false
}

// InvalidSettings returns the check of settings that are refused, with all their faults: nothing else can be examined then.
func InvalidSettings(err error) api.Check {
	return api.Check{
		Name: "settings", State: api.CheckFailing, Detail: err.Error(),
		Meaning: "A node does not start with these settings, and nothing else was examined.",
		Remedy:  "Correct each variable that is named.",
	}
}
