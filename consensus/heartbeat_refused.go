package consensus

import (
	"fmt"
	"slices"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

// MaxRefused bounds the refusals that one heartbeat tells of, the newest.
const MaxRefused = 16

// RefusedPrice tells that a member did not co-sign a price, and why.
type RefusedPrice struct {
	ID     ShortID
	Reason Refusal // RefusedUnknown: one that this version does not know
}

// ShortID is how an id begins: enough to find a price among those that a node knows. It proves nothing: two ids that begin
// alike can be found on purpose.
type ShortID [8]byte

// ShortIDOf returns how an id begins.
func ShortIDOf(id signing.Digest) ShortID { return ShortID(id[:len(ShortID{})]) }

// refusedBytes is the length of one refusal: how the id begins, and the reason's number.
const refusedBytes = len(ShortID{}) + 1

// number returns how a reason travels: its place in Refusals, from 1, or 0 for one that is not there (section 3.10).
func (r Refusal) number() byte {
	return byte(slices.Index(Refusals(), r) + 1) //nolint:gosec // there are few
}

// refusalOf returns the reason of a number.
func refusalOf(number byte) Refusal {
	if known := Refusals(); number > 0 && int(number) <= len(known) {
		return known[number-1]
	}
	return RefusedUnknown
}

func encodeRefused(list []RefusedPrice) []byte {
	b := make([]byte, 0, len(list)*refusedBytes)
	for _, r := range list {
		b = append(append(b, r.ID[:]...), r.Reason.number())
	}
	return b
}

// refused reads packed refusals, at most MaxRefused.
func (f field) refused() ([]RefusedPrice, error) {
	b, err := f.raw()
	if err != nil || len(b) == 0 {
		return nil, err
	}
	if len(b)%refusedBytes != 0 || len(b) > MaxRefused*refusedBytes {
		return nil, fmt.Errorf("%w: %d bytes of refusals", global.ErrMalformed, len(b))
	}
	list := make([]RefusedPrice, 0, len(b)/refusedBytes)
	for one := range slices.Chunk(b, refusedBytes) {
		list = append(list, RefusedPrice{ShortID(one), refusalOf(one[len(one)-1])})
	}
	return list, nil
}
