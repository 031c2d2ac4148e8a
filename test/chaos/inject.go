package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/gossip-price/gossip-price/global"
)

// mendTimeout bounds beginning or mending a fault, beyond the time that it lasts.
const mendTimeout = 90 * time.Second

// injector makes the faults of a plan happen.
type injector struct {
	cluster    *cluster
	kinds      map[string]kind
	events     *eventLog
	recoveries *recoveries
	violations *violations

	mu     sync.Mutex
	open   map[int]int     // faults of an episode that are not mended
	mended map[int][]fault // by episode
}

func newInjector(c *cluster, events *eventLog, r *recoveries, v *violations, plan []fault) (*injector, error) {
	i := &injector{
		cluster: c, events: events, recoveries: r, violations: v,
		kinds: make(map[string]kind), open: make(map[int]int), mended: make(map[int][]fault),
	}
	for _, k := range kinds() {
		i.kinds[k.name] = k
	}
	for _, f := range plan {
		k, known := i.kinds[f.Kind]
		switch {
		case !known:
			return nil, fmt.Errorf("fault %d: no kind %q", f.Number, f.Kind)
		case !possible(k, c.engine.abilities()):
			return nil, fmt.Errorf("fault %d: this engine can't do %q", f.Number, f.Kind)
		}
		i.open[f.Episode]++
	}
	return i, nil
}

// run goes through the plan; it ends when all faults are mended, or with the context.
func (i *injector) run(ctx context.Context, plan []fault) error {
	started := time.Now()
	var running sync.WaitGroup
	defer running.Wait()
	episode := 0
	for _, f := range plan {
		if !global.Wait(ctx, time.Until(started.Add(f.At.duration()))) {
			return ctx.Err()
		}
		if f.Episode != episode {
			episode = f.Episode
			i.recoveries.overtake()
		}
		running.Go(func() { i.suffer(ctx, f) })
	}
	return nil
}

// suffer goes through one fault.
func (i *injector) suffer(ctx context.Context, f fault) {
	k := i.kinds[f.Kind]
	i.events.write(event{Event: eventBegin, Fault: &f})
	until := time.Now().Add(f.Lasts.duration())
	i.act(ctx, k.begin, f, "begin")
	if k.end != nil {
		global.Wait(ctx, time.Until(until))
		i.act(ctx, k.end, f, "mend")
	}
	i.events.write(event{Event: eventEnd, Fault: &f})
	i.mu.Lock()
	defer i.mu.Unlock()
	i.open[f.Episode]--
	i.mended[f.Episode] = append(i.mended[f.Episode], f)
	if i.open[f.Episode] == 0 {
		i.recoveries.healed(i.mended[f.Episode], time.Now())
	}
}

// act begins or mends a fault. That it could not is a failure of the run: nothing would have been tested.
func (i *injector) act(ctx context.Context, do func(context.Context, *cluster, fault) error, f fault, what string) {
	bounded, cancel := context.WithTimeout(ctx, f.Lasts.duration()+mendTimeout)
	defer cancel()
	if err := do(bounded, i.cluster, f); err != nil && ctx.Err() == nil {
		i.violations.add("every fault can be made", fmt.Sprintf("%s fault %d, %s: %v", what, f.Number, f.Kind, err))
	}
}

// possible tells whether an engine can do a kind of fault.
func possible(k kind, a abilities) bool { return k.needs == nil || k.needs(a) }
