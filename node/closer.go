package node

import (
	"errors"
	"slices"
)

// closer closes parts in the opposite order of their opening.
type closer struct{ closes []func() error }

func (c *closer) add(f func() error) { c.closes = append(c.closes, f) }

func (c *closer) close() error {
	var errs []error
	for _, f := range slices.Backward(c.closes) {
		errs = append(errs, f())
	}
	c.closes = nil
	return errors.Join(errs...)
}
