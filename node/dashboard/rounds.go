package dashboard

import (
	"fmt"
	"time"

	"github.com/gossip-price/gossip-price/node/api"
)

// Bounds of what is shown of rounds.
const (
	shownRounds    = 60 // in the chart
	toldRounds     = 8  // with their proposals
	shownProposals = 64 // of a round: as many as an open network has
	shownSigners   = 64 // of a proposal
	shownRefusals  = 8  // of a proposal
)

// rounds are the stories of the last rounds.
type rounds struct {
	Fault    string // why there are none
	Told     []round
	Over     int // how many rounds the refusals are of
	Refusals []refusals
	More     int // refusals that are not listed
}

// round is the story of one round.
type round struct {
	Time                  time.Time
	Key                   string // within the page
	Complete              bool
	Needed                int // signers of a verified price
	Proposals             []proposal
	More                  int // proposals that are not shown
	Asked, Quorum, Stored int
	Refused               int
	Slowest               time.Duration // to quorum
}

// proposal is the story of one price.
type proposal struct {
	ID, IDBrief, Pair, Price string
	By                       name
	Signers                  []name
	MoreSigners              int
	Refusals                 []refused
	MoreRefusals             int
	Quorum                   bool
	Took                     time.Duration // from when it was seen to its quorum; 0: not known
	Stored                   bool
	StoredAt                 time.Time // zero: not known
	Writer                   *name
	Convicted                bool
}

// refused is one refusal.
type refused struct {
	By       name
	Reason   string
	OwnPrice string // empty: not known
}

func newRounds(stories []api.Story, err error, who names) rounds {
	r := rounds{Over: len(stories)}
	if err != nil {
		r.Fault = clip(err.Error(), sentence)
		return r
	}
	for i := range stories[:min(len(stories), toldRounds)] {
		r.Told = append(r.Told, newRound(&stories[i], who))
	}
	r.Refusals, r.More = sumRefusals(stories, who)
	return r
}

func newRound(s *api.Story, who names) round {
	r := round{
		Time: time.Time(s.RoundTime).UTC(), Key: fmt.Sprintf("round-%d", s.Round), Complete: s.Complete, Needed: s.Needed, Asked: len(s.Proposals),
	}
	for i := range s.Proposals {
		p := newProposal(&s.Proposals[i], who)
		r.Refused += len(s.Proposals[i].Refusals)
		if p.Quorum {
			r.Quorum++
			r.Slowest = max(r.Slowest, p.Took)
		}
		if p.Stored {
			r.Stored++
		}
		if i < shownProposals {
			r.Proposals = append(r.Proposals, p)
		}
	}
	r.More = r.Asked - len(r.Proposals)
	return r
}

func newProposal(p *api.Proposal, who names) proposal {
	shown := proposal{
		ID: p.ID.String(), IDBrief: p.ID.Short(), Pair: string(p.Pair), Price: group(p.Price.String()), By: who.of(p.FirstSigner),
		Quorum: p.Verified, Stored: p.InStore, StoredAt: at(p.Stored), Convicted: p.Convicted,
	}
	if p.Quorum != nil && p.Seen != nil {
		shown.Took = at(p.Quorum).Sub(at(p.Seen))
	}
	if p.Writer != nil {
		writer := who.of(*p.Writer)
		shown.Writer = &writer
	}
	for _, s := range p.Signers[:min(len(p.Signers), shownSigners)] {
		shown.Signers = append(shown.Signers, who.of(s.Address))
	}
	shown.MoreSigners = len(p.Signers) - len(shown.Signers)
	for _, f := range p.Refusals[:min(len(p.Refusals), shownRefusals)] {
		no := refused{By: who.of(f.Address), Reason: clip(string(f.Reason), label)}
		if f.OwnPrice != nil {
			no.OwnPrice = group(f.OwnPrice.String())
		}
		shown.Refusals = append(shown.Refusals, no)
	}
	shown.MoreRefusals = len(p.Refusals) - len(shown.Refusals)
	return shown
}
