package store

import (
	"errors"
	"fmt"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

const (
	// maxSiftCalls bounds the writes by which one Insert looks for rows that a store refuses: one bad row among 500
	// takes 18, and what is not found is looked for by the next Insert.
	maxSiftCalls = 200
	// maxAllRefused is how many rows are refused, and none taken, until an Insert gives up: it is the store then.
	maxAllRefused = 8
)

var (
	errAllRefused  = errors.New("the store refuses every price, so it is not for one of them: look at its constraints and triggers")
	errManyRefused = errors.New("more prices are refused than can be told apart at once")
)

// inserter writes rows in batches, each of them all or nothing. Where a batch is refused for one of its rows it halves the
// batch until it has found the row. A row counts as bad only in comparison: when the store takes another one meanwhile, and
// still refuses this one after that.
type inserter struct {
	write   func([]record) (stored []signing.Digest, err error)
	ofRow   func(error) bool // whether the reason lies in a row
	calls   int              // for halves, so far
	taken   int              // rows that are in the store now, whoever wrote them
	stored  []signing.Digest // rows that were new
	refused []refusal
}

type refusal struct {
	record
	reason error
}

// insert does what Prices.Insert says.
func (i *inserter) insert(rows []consensus.Row) ([]signing.Digest, error) {
	all, malformed := records(rows)
	var rest error
	for len(all) > 0 && rest == nil {
		n := batch(all)
		rest, all = i.put(all[:n]), all[n:]
	}
	found, again := i.confirm()
	if rest == nil {
		rest = again
	}
	if found = append(malformed, found...); len(found) > 0 {
		return i.stored, fmt.Errorf("insert prices: %w", &RefusedError{found, rest})
	}
	if rest != nil {
		return i.stored, fmt.Errorf("insert prices: %w", rest)
	}
	return i.stored, nil
}

// put writes rows, all but those that it adds to refused. With an error, some may be left.
func (i *inserter) put(rows []record) error {
	ids, err := i.write(rows)
	switch {
	case err == nil:
		i.stored, i.taken = append(i.stored, ids...), i.taken+len(rows)
		return nil
	case !i.ofRow(err):
		return err
	case len(rows) == 1:
		i.refused = append(i.refused, refusal{rows[0], err})
		if i.taken == 0 && len(i.refused) == maxAllRefused {
			return fmt.Errorf("%w: %w", errAllRefused, err)
		}
		return nil
	case i.calls+2 > maxSiftCalls:
		return fmt.Errorf("%w: %w", errManyRefused, err)
	}
	i.calls += 2
	half := len(rows) / 2
	if err := i.put(rows[:half]); err != nil {
		return err
	}
	return i.put(rows[half:])
}

// confirm tries the refused rows once more, for what refused them may be over, and returns those that are bad.
func (i *inserter) confirm() (bad []RefusedRow, rest error) {
	if i.taken == 0 && len(i.refused) > 0 {
		return nil, fmt.Errorf("%w: %w", errAllRefused, i.refused[0].reason)
	}
	for _, r := range i.refused {
		ids, err := i.write([]record{r.record})
		switch {
		case err == nil:
			i.stored = append(i.stored, ids...)
		case i.ofRow(err):
			id, parseErr := signing.ParseDigest(r.id)
			if parseErr != nil {
				return bad, parseErr
			}
			bad = append(bad, RefusedRow{id, err})
		default:
			return bad, err
		}
	}
	return bad, nil
}
