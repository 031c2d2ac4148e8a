package test_test

import (
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node"
)

// A member proposes prices at the very edge of what the others may sign, and one step of 10^-18 beyond it, above the
// market and below: at the edge all sign, beyond it those who saw the price that it is measured by refuse.
func TestHostileDeviation(t *testing.T) { //nolint:paralleltest // see simulate
	besiege(t, member, func(t *testing.T, s *siege) {
		s.mayStay = true
		for _, edge := range []struct {
			sign, beyond int64 // the side of the market, and the steps beyond the edge
		}{{+1, 0}, {+1, 1}, {-1, 0}, {-1, 1}} {
			round := s.nextRound()
			pass(5 * time.Second) // everybody has fetched
			own := s.ownPrices()
			nearest, farthest := slices.MinFunc(own, price.Price.Compare), slices.MaxFunc(own, price.Price.Compare)
			if edge.sign < 0 {
				nearest, farthest = farthest, nearest
			}
			// Within what everybody may sign at the edge; beyond it only for those whose own price is the farthest one.
			from := nearest
			if edge.beyond > 0 {
				from = farthest
			}
			o := observation(t, s.bad.key, round, 0)
			o.Price = beside(t, from, edge.sign, s.settings.MaxDeviation, edge.beyond)
			s.bad.pretend(o)
			s.tell(assemble(s.settings.Network, o, attest(t, s.settings.Network, o, s.bad.key)).Encode())
			s.settle()
			signed, refused := s.ledger.find(node.Signed, of(s.bad), about(round)), s.ledger.find(node.Refused, of(s.bad), about(round))
			_, stored := stored(s.rows(), round)[s.bad.key.Address()]
			if edge.beyond == 0 && (len(signed) == 0 || len(refused) > 0 || !stored) {
				t.Errorf("at the edge %+d: %d signed, %d refused, stored %t", edge.sign, len(signed), len(refused), stored)
			}
			if edge.beyond > 0 && (len(signed) > 0 || len(refused) != len(s.honest) || stored) {
				t.Errorf("beyond the edge %+d: %d signed, %d refused, stored %t", edge.sign, len(signed), len(refused), stored)
			}
			for _, r := range refused {
				if r.Refusal != consensus.RefusedDeviation {
					t.Errorf("refused because %s", r.Refusal)
				}
			}
		}
	})
}

// ownPrices returns the last price that each honest node's source gave.
func (s *siege) ownPrices() []price.Price {
	var own []price.Price
	for _, h := range s.honest {
		var last price.Price
		h.feed.gave(func(q price.Quote) bool {
			last = q.Price
			return false
		})
		own = append(own, last)
	}
	return own
}

// beside returns the price that is ppm of own away from it, rounded towards it, and so many steps of 10^-18 further.
func beside(t *testing.T, own price.Price, sign int64, ppm uint64, steps int64) price.Price {
	t.Helper()
	scaled := new(big.Int).SetBytes(own.Bytes())
	away := new(big.Int).Mul(scaled, new(big.Int).SetUint64(ppm))
	away.Div(away, big.NewInt(million))
	away.Add(away, big.NewInt(steps))
	p, err := price.FromBytes(scaled.Add(scaled, away.Mul(away, big.NewInt(sign))).Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return p
}
