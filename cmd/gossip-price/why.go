package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/node/api"
)

func whyCommand() command {
	return command{
		name: "why", summary: "tell what became of a round or a price, and why, as a running node has seen it",
		arguments: "[ROUND|ID]", most: 1,
		examples: []string{
			"gossip-price why   # the last round",
			"gossip-price why 1795804440   # the round that starts at this unix second",
			"gossip-price why 2026-11-27T18:34:00Z --pair ETH-USD   # the same",
			"gossip-price why 0x1a2b3c4d   # the price whose id begins so, as in the log",
			"gossip-price why 0x1a2b3c4d --json | jq '.proposals[].refusals'",
		},
		define: func(fs *flag.FlagSet) action {
			asJSON := fs.Bool("json", false, "the story as JSON, one round a line, as /v1/rounds has it")
			pair := fs.String("pair", "", "only this `PAIR`, such as ETH-USD")
			target := urlFlag(fs)
			return func(ctx context.Context, p program, arguments []string) error {
				what := ""
				if len(arguments) > 0 {
					what = arguments[0]
				}
				asked, err := parseAsked(what)
				if err != nil {
					return err
				}
				base, err := serverURL(*target)
				if err != nil {
					return err
				}
				asked.base, asked.pair = base, *pair
				stories, err := asked.stories(ctx)
				if err != nil {
					return err
				}
				if *asJSON {
					asked.strip(stories)
				}
				return writeRecords(p.stdout, stories, *asJSON, func(out io.Writer, s api.Story) error { return writeStory(out, s, asked) })
			}
		},
	}
}

// asked is what the story of is asked for: a round, a price, or neither, which is the last round.
type asked struct {
	base, pair string
	round      string // unix seconds; empty: none
	id         string // how the id begins, 0x and lower-case hex; empty: none
}

// parseAsked reads the argument of why. Errors wrap errUsage.
func parseAsked(what string) (asked, error) {
	if start, err := time.Parse(time.RFC3339, what); err == nil && start.Unix() >= 0 {
		return asked{round: strconv.FormatInt(start.Unix(), 10)}, nil
	}
	switch {
	case what == "":
		return asked{}, nil
	case regexp.MustCompile(`^[0-9]{1,18}$`).MatchString(what):
		return asked{round: what}, nil
	case regexp.MustCompile(`^0[xX]([0-9a-fA-F]{2}){1,32}$`).MatchString(what):
		return asked{id: strings.ToLower(what)}, nil
	}
	return asked{}, fmt.Errorf("%w: %.80q is neither a round (unix seconds, or 2026-11-27T18:34:00Z) nor an id (0x and its first digits, two a byte)",
		errUsage, what)
}

// maxStories bounds the bytes of the answer.
const maxStories = 32 << 20

// stories asks the node.
func (a asked) stories(ctx context.Context) ([]api.Story, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout) // of all questions together
	defer cancel()
	query := url.Values{"pair": {a.pair}}
	if a.round != "" {
		story, err := askFor[api.Story](ctx, a.base+"/v1/rounds/"+a.round+"?"+query.Encode(), maxStories)
		return []api.Story{story}, err
	}
	query.Set("limit", "1")
	if a.id != "" {
		query.Set("limit", "16")
		query.Set("id", a.id)
	}
	list, err := askFor[struct {
		Rounds []api.Story `json:"rounds"`
	}](ctx, a.base+"/v1/rounds?"+query.Encode(), maxStories)
	if err != nil {
		return nil, err
	}
	switch {
	case len(list.Rounds) > 0:
		return list.Rounds, nil
	case a.id == "":
		return nil, errors.New("this node has seen no price yet; 'gossip-price healthcheck --ready' says what is wrong")
	}
	return a.stored(ctx)
}

// about tells whether a price is asked for: its id begins so.
func (a asked) about(p *api.Proposal) bool { return strings.HasPrefix(p.ID.String(), a.id) }

// strip leaves the stories nothing but the prices that are asked for.
func (a asked) strip(stories []api.Story) {
	for i := range stories {
		stories[i].Proposals = slices.DeleteFunc(stories[i].Proposals, func(p api.Proposal) bool { return !a.about(&p) })
	}
}

// stored tells what the price store has of a whole id that the node does not remember.
func (a asked) stored(ctx context.Context) ([]api.Story, error) {
	const whole = 2 + 2*len(signing.Digest{})
	if len(a.id) < whole {
		return nil, fmt.Errorf("this node remembers no price whose id begins with %s: it keeps certificates for a day and what it refused "+
			"for a week, and finds older prices by their whole id", a.id)
	}
	row, err := askFor[consensus.Row](ctx, a.base+"/v1/prices/"+a.id, maxStories)
	if err != nil {
		return nil, fmt.Errorf("this node does not remember the price: %w", err)
	}
	o, err := row.Observation()
	if err != nil {
		return nil, fmt.Errorf("ask node: read answer: %w", err)
	}
	p := api.Proposal{
		ID: row.ID, Pair: o.Pair, Price: o.Price, FirstSigner: o.Proposer, ObservedTime: consensus.Time(row.ObservedTime), Verified: true,
		InStore: !row.CreatedTime.IsZero(), Refusals: []api.Refused{},
	}
	for _, s := range row.SignData {
		p.Signers = append(p.Signers, api.Signer{Address: s.Signer})
	}
	return []api.Story{{
		Round: o.Round, RoundTime: consensus.Time(row.RoundTime), Complete: true, Silent: []signing.Address{}, Proposals: []api.Proposal{p},
	}}, nil
}
