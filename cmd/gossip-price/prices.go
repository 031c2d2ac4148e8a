package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/global/price"
)

func pricesCommand() command {
	return command{
		name:    "prices",
		summary: "show the stored prices, newest first",
		examples: []string{
			"gossip-price prices",
			"gossip-price prices --all --json > proofs.jsonl",
			"gossip-price prices --follow --pair ETH-USD",
		},
		define: func(fs *flag.FlagSet) action {
			l := new(listing)
			check := l.flags(fs)
			database := databaseFlag(fs)
			return func(ctx context.Context, p program, _ []string) error {
				if err := check(); err != nil {
					return err
				}
				l.out, l.notes = p.stdout, p.stderr
				return l.open(ctx, *database)
			}
		},
	}
}

// flags declares the flags, and returns what reads and checks the rest of them once they are parsed.
func (l *listing) flags(fs *flag.FlagSet) (check func() error) {
	pair := fs.String("pair", "", "only this `PAIR`, such as ETH-USD")
	fs.IntVar(&l.query.Limit, "limit", 20, fmt.Sprintf("`N` prices at most, 1 to %d", store.MaxRows))
	fs.BoolVar(&l.all, "all", false, "all there are, oldest first, in the order in which they were stored")
	fs.BoolVar(&l.follow, "follow", false, "go on with new ones as they are stored, until ctrl-C, also when the store was away for a while")
	fs.BoolVar(&l.json, "json", false, "one JSON object a line: a proof for 'verify'")
	return func() error {
		if l.query.Limit < 1 || l.query.Limit > store.MaxRows {
			return fmt.Errorf("%w: --limit %d, want 1 to %d; --all shows everything", errUsage, l.query.Limit, store.MaxRows)
		}
		if *pair == "" {
			return nil
		}
		var err error
		if l.query.Pair, err = price.ParsePair(*pair); err != nil {
			return fmt.Errorf("%w: --pair: %w", errUsage, err)
		}
		return nil
	}
}

// listing writes rows of a store.
type listing struct {
	query             store.Query
	all, follow, json bool
	out, notes        io.Writer
}

func (l *listing) open(ctx context.Context, database string) error {
	url, err := storeURL(database)
	if err != nil {
		return err
	}
	if err := checkExists(url); err != nil {
		return err
	}
	prices, err := store.Open(ctx, url)
	if err != nil {
		return err
	}
	return errors.Join(l.list(ctx, prices), prices.Close())
}

func (l *listing) list(ctx context.Context, prices store.Prices) error {
	if err := prices.Check(ctx); err != nil {
		return err
	}
	if !l.json {
		fmt.Fprintf(l.out, rowFormat, "round", "pair", "price", "signers", "proposer", "id")
	}
	var shown []consensus.Row
	if !l.all {
		var err error
		if shown, err = prices.Latest(ctx, l.query); err != nil {
			return err
		}
		if l.follow {
			slices.Reverse(shown) // what follows is newer
		}
		if err := l.write(shown); err != nil {
			return err
		}
	}
	if !l.all && !l.follow {
		return nil
	}
	return l.rest(ctx, store.Follow(prices, l.query, shown))
}

// timeFormat is how times in UTC are shown to people.
const timeFormat = "2006-01-02 15:04:05Z"

const rowFormat = "%-20s  %-12s  %20s  %7v  %-42s  %s\n"

func (l *listing) write(rows []consensus.Row) error {
	for _, r := range rows {
		var err error
		if l.json {
			err = json.NewEncoder(l.out).Encode(r)
		} else {
			_, err = fmt.Fprintf(l.out, rowFormat, r.RoundTime.UTC().Format(timeFormat), r.Pair, r.Price,
				len(r.SignData), r.FirstSigner, r.ID.Short())
		}
		if err != nil {
			return fmt.Errorf("write rows: %w", err)
		}
	}
	return nil
}
