package dashboard

import (
	"cmp"
	"slices"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/node/api"
)

// shownSums bounds the list of refusals.
const shownSums = 12

// refusals is how often one node refused another one's prices for one reason.
type refusals struct {
	By, Of name
	Reason string
	Times  int
	Last   time.Time // round
}

// sumRefusals counts who refused whom, the most frequent first. Stories begin with the newest.
func sumRefusals(stories []api.Story, who names) (list []refusals, more int) {
	type key struct {
		by, of signing.Address
		reason consensus.Refusal
	}
	counted := make(map[key]*refusals)
	for i := range stories {
		for _, p := range stories[i].Proposals {
			for _, f := range p.Refusals {
				k := key{f.Address, p.FirstSigner, f.Reason}
				if counted[k] == nil {
					counted[k] = &refusals{who.of(k.by), who.of(k.of), clip(string(k.reason), label), 0, time.Time(stories[i].RoundTime).UTC()}
				}
				counted[k].Times++
			}
		}
	}
	for _, r := range counted {
		list = append(list, *r)
	}
	slices.SortFunc(list, func(a, b refusals) int {
		return cmp.Or(cmp.Compare(b.Times, a.Times), b.Last.Compare(a.Last), cmp.Compare(a.By.Address, b.By.Address),
			cmp.Compare(a.Of.Address, b.Of.Address), cmp.Compare(a.Reason, b.Reason))
	})
	shown := min(len(list), shownSums)
	for _, r := range list[shown:] {
		more += r.Times
	}
	return list[:shown], more
}
