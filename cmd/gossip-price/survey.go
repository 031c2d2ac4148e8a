package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/gossip-price/gossip-price/cmd/gossip-price/screen"
	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node/api"
)

// surveyTimeout bounds all questions of a survey together.
const surveyTimeout = 5 * time.Second

// survey asks a node all that a screen shows. It returns what was answered, also after an error: that of a node that does not
// answer at all, or is none.
func (q inquiry) survey(ctx context.Context) (*screen.State, error) {
	ctx, cancel := context.WithTimeout(ctx, surveyTimeout)
	defer cancel()
	s := &screen.State{
		URL: q.base, Time: consensus.Time(time.Now()), Problems: []api.Problem{}, Latest: []api.Latest{}, Missing: map[string]string{},
	}
	if err := q.health(ctx, s); err != nil {
		s.Error = err.Error()
		return s, err
	}
	if seen := new(api.Network); q.part(ctx, s, screen.PartNetwork, "/v1/network", seen) {
		s.Network = seen
	}
	var checks struct{ Checks []api.Check }
	if q.part(ctx, s, screen.PartChecks, "/v1/checks", &checks) {
		s.Checks = append([]api.Check{}, checks.Checks...)
	}
	if s.Network != nil { // a bootstrap node has no prices
		q.round(ctx, s)
		q.latest(ctx, s)
	}
	return s, nil
}

// health asks for version and readiness.
func (q inquiry) health(ctx context.Context, s *screen.State) error {
	var alive struct{ Status, Version string }
	if err := q.get(ctx, "/healthz", &alive); err != nil {
		if errors.As(err, new(refusal)) {
			return fmt.Errorf("what answers is no node: %w", err)
		}
		return fmt.Errorf("%w; is the node running, and is this its GP_APIADDR?", err)
	}
	s.Version = alive.Version
	var ready struct {
		Ready    bool
		Problems []api.Problem
	}
	// A node that is not ready says so by its status, and why in the body.
	if err := q.try(ctx, "/readyz", &ready, http.StatusServiceUnavailable); err != nil {
		return fmt.Errorf("ask whether it is ready: %w", err)
	}
	s.Ready, s.Problems = ready.Ready, append(s.Problems, ready.Problems...)
	return nil
}

// part asks for one part, and notes why it is missing.
func (q inquiry) part(ctx context.Context, s *screen.State, name, path string, into any) bool {
	if err := q.get(ctx, path, into); err != nil {
		s.Missing[name] = err.Error()
		return false
	}
	return true
}

// round asks for the story of the last round that is complete, or of the last one where none of the newest is.
func (q inquiry) round(ctx context.Context, s *screen.State) {
	const newest = 3 // the one under way, one that settles, and one more
	var told struct{ Rounds []api.Story }
	if !q.part(ctx, s, screen.PartRound, fmt.Sprintf("/v1/rounds?limit=%d", newest), &told) {
		return
	}
	if len(told.Rounds) == 0 {
		s.Missing[screen.PartRound] = "no round is known yet"
		return
	}
	at := max(slices.IndexFunc(told.Rounds, func(r api.Story) bool { return r.Complete }), 0)
	s.Round = &told.Rounds[at]
}

// latest asks for the latest price of the pairs of the last round and of the settings. Those of settings that may be another
// node's are asked for only where nothing better is known.
func (q inquiry) latest(ctx context.Context, s *screen.State) {
	var pairs []price.Pair
	if s.Round != nil {
		for i := range s.Round.Proposals {
			pairs = append(pairs, s.Round.Proposals[i].Pair)
		}
	}
	if q.own || len(pairs) == 0 {
		pairs = append(pairs, q.pairs...)
	}
	slices.Sort(pairs)
	for _, pair := range slices.Compact(pairs) {
		var latest api.Latest
		if q.part(ctx, s, screen.PartLatest+" "+string(pair), "/v1/prices/latest?"+url.Values{"pair": {string(pair)}}.Encode(), &latest) {
			s.Latest = append(s.Latest, latest)
		}
	}
}
