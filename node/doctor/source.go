package doctor

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node/vitals"
)

const (
	// fetchGap is the time between two fetches of a pair.
	fetchGap = time.Second
	// mostChange is by how much a price may change in between and be plausible, in ppm: 3 %.
	mostChange = 30_000
	// dateError is what a Date header may be off by itself: it has whole seconds, and an answer takes its time.
	dateError = 2 * time.Second
)

// lookAtSource fetches each pair twice, all pairs at once as a node does: there may be more of them than a step has seconds.
func lookAtSource(ctx context.Context, p *patient) vitals.Verdict {
	source := price.NewCoinbase(p.cfg.PriceURL, p.now)
	defer source.Close()
	type fetched struct {
		first, second price.Price
		err           error
	}
	prices := make([]fetched, len(p.cfg.Pairs)) // at most global.MaxPairs
	var all sync.WaitGroup
	for i, pair := range p.cfg.Pairs {
		all.Go(func() { prices[i].first, prices[i].second, prices[i].err = fetchTwice(ctx, source, pair) })
	}
	all.Wait()
	var good, faults, odd []string
	for i, pair := range p.cfg.Pairs {
		first, second, err := prices[i].first, prices[i].second, prices[i].err
		switch {
		case err != nil:
			faults = append(faults, err.Error())
		case !second.Within(first, mostChange):
			odd = append(odd, fmt.Sprintf("%s was %s and a second later %s", pair, first, second))
		default:
			good = append(good, fmt.Sprintf("%s is %s", pair, second))
		}
	}
	switch {
	case len(faults) > 0:
		return vitals.Failing("%s", strings.Join(append(faults, odd...), "; "))
	case len(odd) > 0:
		return vitals.Warning("%s", strings.Join(odd, "; "))
	}
	return vitals.Well("%s", strings.Join(good, "; "))
}

func fetchTwice(ctx context.Context, source *price.Coinbase, pair price.Pair) (first, second price.Price, err error) {
	quote, err := source.Fetch(ctx, pair)
	if err != nil {
		return first, second, err
	}
	pause := time.NewTimer(fetchGap)
	defer pause.Stop()
	select {
	case <-ctx.Done():
		return first, second, ctx.Err()
	case <-pause.C:
	}
	again, err := source.Fetch(ctx, pair)
	return quote.Price, again.Price, err
}

// lookAtClock compares the clock with the Date of the price source's answer, whatever its status. That is coarse, but finds a clock
// that is wrong by more than a node may be.
func lookAtClock(ctx context.Context, p *patient) vitals.Verdict {
	date, began, ended, err := sourceDate(ctx, p)
	if err != nil {
		return vitals.Warning("not compared: %s", err)
	}
	off := began.Add(ended.Sub(began) / 2).Sub(date).Round(time.Second)
	if allowed := p.cfg.ClockSkew + dateError; off.Abs() > allowed {
		return vitals.Failing("%s off the price source's, by its Date header; GP_CLOCKSKEW allows %s", off, p.cfg.ClockSkew)
	}
	return vitals.Well("within some seconds of the price source's, by its Date header: a coarse look")
}

func sourceDate(ctx context.Context, p *patient) (date, began, ended time.Time, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.cfg.PriceURL, http.NoBody)
	if err != nil {
		return date, began, ended, err
	}
	client := &http.Client{
		Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	began = p.now()
	resp, err := client.Do(req)
	if err != nil {
		return date, began, ended, err
	}
	ended = p.now()
	_ = resp.Body.Close()
	date, err = http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return date, began, ended, fmt.Errorf("the price source's answer has no Date: %w", err)
	}
	return date, began, ended, nil
}
