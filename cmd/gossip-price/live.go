package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/gossip-price/gossip-price/cmd/gossip-price/screen"
	"github.com/gossip-price/gossip-price/global"
)

// live looks at a node again and again, and draws what it sees. A node that is lost is looked for all the time.
type live struct {
	look     func(context.Context) (*screen.State, error)
	news     <-chan struct{}
	interval time.Duration
	canvas   drawer

	state *screen.State // the last one with an answer; before the first answer the last one
	lost  string        // why the last look had no answer, after one that had
}

// drawer is where a state is drawn.
type drawer interface {
	// draw shows the state, and if the node is lost, why.
	draw(s *screen.State, lost string) error
	// resized tells whether there is another size than at the last draw.
	resized() bool
}

// glance is what came of one look.
type glance struct {
	state *screen.State
	err   error
}

// run returns nil when ctx ends, or why it can't go on: it was asked wrongly, or can't draw.
func (l *live) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	var looking sync.WaitGroup
	defer looking.Wait()
	defer cancel()
	glances := make(chan glance)
	looking.Go(func() { l.watch(ctx, glances) })
	size := time.NewTicker(resizePeriod)
	defer size.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case g := <-glances:
			if errors.Is(g.err, errUsage) {
				return g.err
			}
			l.take(g.state)
		case <-size.C:
			if l.state == nil || !l.canvas.resized() {
				continue
			}
		}
		if err := l.canvas.draw(l.state, l.lost); err != nil {
			return err
		}
	}
}

// watch looks at each tick of the interval, and when there is news, but not more often than at the least interval.
func (l *live) watch(ctx context.Context, glances chan<- glance) {
	ticker := time.NewTicker(l.interval)
	defer ticker.Stop()
	for {
		s, err := l.look(ctx)
		select {
		case glances <- glance{s, err}:
		case <-ctx.Done():
			return
		}
		if !global.Wait(ctx, leastInterval) {
			return
		}
		select {
		case <-ticker.C:
		case <-l.news:
		case <-ctx.Done():
			return
		}
	}
}

// take keeps the last answer while there is none.
func (l *live) take(s *screen.State) {
	if s.Error == "" || l.state == nil || l.state.Error != "" {
		l.state, l.lost = s, ""
		return
	}
	l.lost = s.Error
}
