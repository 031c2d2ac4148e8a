package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"sync"
	"time"
)

func topCommand() command {
	return command{
		name:    "top",
		summary: "show what status shows, live, until q or ctrl-C",
		examples: []string{
			"gossip-price top",
			"gossip-price top --url http://10.0.0.7:9000 --interval 5s",
			"gossip-price top | tee top.log",
		},
		exits: "0 after q, ctrl-C or SIGTERM, whether the node answers or not; 'status' tells that",
		define: func(fs *flag.FlagSet) action {
			target := urlFlag(fs)
			interval := fs.Duration("interval", time.Second, "`TIME` between two looks at the node; prices that it tells of are shown at once")
			return func(ctx context.Context, p program, _ []string) error {
				if *interval < leastInterval {
					return fmt.Errorf("%w: --interval %s, want at least %s", errUsage, *interval, leastInterval)
				}
				q, err := inquiryOf(*target)
				if err != nil {
					return err
				}
				return p.top(ctx, q, *interval)
			}
		},
	}
}

const (
	// leastInterval is the least time between two looks, also where the node tells of news.
	leastInterval = 200 * time.Millisecond
	// resizePeriod is how often the size of the terminal is looked at.
	resizePeriod = 200 * time.Millisecond
)

// top draws what the node answers until ctx ends, or a key ends it.
func (p program) top(ctx context.Context, q inquiry, interval time.Duration) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c := p.openCanvas(cancel)
	news := make(chan struct{}, 1)
	var listening sync.WaitGroup
	listening.Go(func() { q.listen(ctx, news) })
	l := live{look: q.survey, news: news, interval: interval, canvas: c}
	err := l.run(ctx)
	cancel()
	listening.Wait()
	return errors.Join(err, c.close())
}
