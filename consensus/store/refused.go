package store

import (
	"fmt"

	"github.com/gossip-price/gossip-price/consensus/signing"
)

// RefusedRow is a row that a store does not take, for a reason that lies in the row.
type RefusedRow struct {
	ID     signing.Digest
	Reason error
}

// RefusedError tells of rows that a store refused while it took others. To insert them again as they are is of no use.
type RefusedError struct {
	Rows []RefusedRow
	// Rest is why other rows could not be stored either, and are to be inserted again; nil when all of them are stored.
	Rest error
}

// Error implements error.
func (e *RefusedError) Error() string {
	text := fmt.Sprintf("%d rows refused, the first is %s: %v", len(e.Rows), e.Rows[0].ID, e.Rows[0].Reason)
	if e.Rest != nil {
		text += "; " + e.Rest.Error()
	}
	return text
}

// Unwrap returns all the reasons.
func (e *RefusedError) Unwrap() []error {
	var all []error
	for _, row := range e.Rows {
		all = append(all, row.Reason)
	}
	if e.Rest != nil {
		all = append(all, e.Rest)
	}
	return all
}
