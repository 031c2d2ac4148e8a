package node

import (
	"errors"
	"slices"
	"testing"
)

func TestCloser(t *testing.T) {
	t.Parallel()
	one, three := errors.New("one"), errors.New("three")
	var order []int
	var c closer
	for i, err := range []error{one, nil, three} {
		c.add(func() error {
			order = append(order, i+1)
			return err
		})
	}
	err := c.close()
	if !slices.Equal(order, []int{3, 2, 1}) {
		t.Errorf("closed in the order %v", order)
	}
	if !errors.Is(err, one) || !errors.Is(err, three) {
		t.Errorf("close = %v", err)
	}
	if err := c.close(); err != nil || len(order) != 3 {
		t.Errorf("the second close = %v, closed %v", err, order)
	}
}
