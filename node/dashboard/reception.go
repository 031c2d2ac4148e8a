package dashboard

import (
	"cmp"
	"slices"

	"github.com/gossip-price/gossip-price/node/api"
)

// reception is what the heartbeats tell of who received what.
type reception struct {
	members []api.Member
	usual   []int // by sender: what comes to most, in prices per thousand rounds
}

func newReception(members []api.Member) reception {
	r := reception{members: members, usual: make([]int, len(members))}
	for from := range members {
		var rates []int
		for to := range members {
			if prices, rounds := r.came(to, from); to != from && rounds > 0 && !members[to].Silent {
				rates = append(rates, 1000*prices/rounds)
			}
		}
		if len(rates) > 0 {
			slices.Sort(rates)
			r.usual[from] = rates[len(rates)/2]
		}
	}
	return r
}

// came returns how many prices of a member came to another one, and in how many rounds; 0 rounds: it is not known.
func (r reception) came(to, from int) (prices, rounds int) {
	for _, part := range r.members[to].Received { // a part is 256 members
		if from >= part.First && from-part.First < len(part.Prices) {
			return int(part.Prices[from-part.First]), part.Rounds
		}
	}
	return 0, 0
}

// percent returns what part of what most receive came to a member; false where that can't be said.
func (r reception) percent(to, from int) (int, bool) {
	prices, rounds := r.came(to, from)
	if to == from || rounds == 0 || r.usual[from] == 0 || r.members[to].Silent {
		return 0, false
	}
	usual := r.usual[from] * rounds
	return min(100, (100_000*prices+usual/2)/usual), true
}

// worst returns the places of at most so many members, those first that lack most of others' prices or whose prices others lack
// most, in the order of their places.
func (r reception) worst(most int) []int {
	places, lacking := make([]int, len(r.members)), make([]int, len(r.members))
	for i := range places {
		places[i] = i
	}
	if len(places) <= most {
		return places
	}
	for to := range r.members {
		for from := range r.members {
			if percent, known := r.percent(to, from); known {
				lacking[to] += 100 - percent
				lacking[from] += 100 - percent
			}
		}
	}
	slices.SortStableFunc(places, func(a, b int) int { return cmp.Compare(lacking[b], lacking[a]) })
	places = places[:most]
	slices.Sort(places)
	return places
}
