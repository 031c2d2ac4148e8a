package store

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

const (
	// maxSiftCalls bounds the writes by which one Insert looks for rows that a store refuses: one bad row among 500
	// takes 18, and what is not found is looked for by the next Insert.
	maxSiftCalls = 200
	// maxAllRefused is how many rows are refused, and none taken, until an Insert compares them with the newest.
	maxAllRefused = 8
	// MaxCompared is how many of the newest rows an Insert tries to store, one by one, before it says that the store
	// refuses every price. Rows are refused most often because they are old, or new.
	MaxCompared = 8
)

var (
	// ErrAllRefused is returned by an Insert of which the store took no row, and refused every one that was tried: it is not
	// for one of them.
	ErrAllRefused = errors.New("the store refuses every price, so it is not for one of them: look at its constraints and triggers")
	// ErrManyRefused is the rest of an Insert that found as many rows as one may.
	ErrManyRefused = errors.New("more prices are refused than can be told apart at once")
)

// inserter writes rows by statements, each of them all or nothing. Where one is refused for one of its rows it halves the
// rows until it has found the row. A row counts as bad only in comparison: when the store takes another one meanwhile, and
// still refuses this one after that.
type inserter struct {
	write   func([]record) (stored []signing.Digest, err error)
	ofRow   func(error) bool // whether the reason lies in a row
	rows    []consensus.Row  // all of them
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
func (i *inserter) insert(batch *Batch) ([]signing.Digest, error) {
	i.rows = batch.rows
	var malformed []RefusedRow
	var rest error
	for next := range batch.statements() {
		malformed = append(malformed, next.malformed...)
		if rest == nil && len(next.records) > 0 {
			rest = i.put(next.records)
		}
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
			return i.compare(err)
		}
		return nil
	case i.calls+2 > maxSiftCalls:
		return fmt.Errorf("%w: %w", ErrManyRefused, err)
	}
	i.calls += 2
	half := len(rows) / 2
	if err := i.put(rows[:half]); err != nil {
		return err
	}
	return i.put(rows[half:])
}

// compare looks for a row that the store takes, among the newest. There is nothing to be told apart if it takes none.
func (i *inserter) compare(reason error) error {
	for _, r := range newRecorder().records(newestOf(i.rows)).records {
		ids, err := i.write([]record{r})
		switch {
		case err == nil:
			i.stored, i.taken = append(i.stored, ids...), 1
			return nil
		case !i.ofRow(err):
			return err
		}
	}
	return fmt.Errorf("%w: %w", ErrAllRefused, reason)
}

// newestOf returns the rows with the latest last signatures, at most MaxCompared, the latest first.
func newestOf(rows []consensus.Row) []consensus.Row {
	sorted := slices.SortedFunc(slices.Values(rows), func(a, b consensus.Row) int {
		return b.LastSignedTime.Compare(a.LastSignedTime)
	})
	return sorted[:min(len(sorted), MaxCompared)]
}

// confirm tries the refused rows once more, for what refused them may be over, and returns those that are bad.
func (i *inserter) confirm() (bad []RefusedRow, rest error) {
	if i.taken == 0 && len(i.refused) > 0 {
		return nil, fmt.Errorf("%w: %w", ErrAllRefused, i.refused[0].reason)
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
