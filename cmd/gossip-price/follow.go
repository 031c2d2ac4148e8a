package main

import (
	"context"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/global"
)

const (
	// followPeriod is how often a followed store is asked for new rows.
	followPeriod = time.Second
	// followRetry is the longest wait, but for its random part of a half, before a store that is away is asked again.
	followRetry = 15 * time.Second
)

// rest writes the rows that the follower gives, and with follow waits for more until ctx ends. A store that can't be read
// is then asked again, for ever, with growing waits.
func (l *listing) rest(ctx context.Context, follower *store.Follower) error {
	retry := backoff.NewExponentialBackOff()
	retry.InitialInterval, retry.MaxInterval = followPeriod, followRetry
	away := false
	for {
		wait := followPeriod
		rows, err := follower.Next(ctx)
		switch {
		case ctx.Err() != nil && l.follow:
			return nil
		case err != nil && !l.follow:
			return err
		case err != nil:
			wait = retry.NextBackOff()
			fmt.Fprintf(l.notes, "gossip-price: the price store can't be read, next try in %s: %v\n", wait.Round(100*time.Millisecond), err)
		case away:
			fmt.Fprintln(l.notes, "gossip-price: the price store can be read again; no row was missed")
			retry.Reset()
		}
		away = err != nil
		if len(rows) > 0 {
			if err := l.write(rows); err != nil {
				return err
			}
			continue
		}
		if err == nil && !l.follow {
			return nil
		}
		if !global.Wait(ctx, wait) {
			return nil
		}
	}
}
