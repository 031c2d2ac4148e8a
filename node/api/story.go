package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

// Story is what one node knows of a round: who proposed, who signed, who refused and why, who wrote it down. Times are RFC
// 3339, UTC, milliseconds, on this node's clock where nothing else is said; a time that the node did not see is null.
type Story struct {
	Round     consensus.Round `json:"round"`      // unix seconds
	RoundTime consensus.Time  `json:"round_time"` // the same
	Self      signing.Address `json:"self"`       // whose story it is
	Complete  bool            `json:"complete"`   // its first certificate has settled
	Needed    int             `json:"needed"`     // how many signers make a price verified
	Members   int             `json:"members"`    // of the roster; 0: an open network
	// Silent are members of whom nothing was heard when the node last looked while the round was its latest, at most MaxSilent;
	// none too if it did not look.
	Silent    []signing.Address `json:"silent"`
	Proposals []Proposal        `json:"proposals"` // by pair, then in the order in which they were first seen
}

// Proposal is the story of one price.
type Proposal struct {
	ID           signing.Digest   `json:"id"`
	Pair         price.Pair       `json:"pair"`
	Price        price.Price      `json:"price"`
	FirstSigner  signing.Address  `json:"first_signer"`
	ObservedTime consensus.Time   `json:"observed_time"` // on its proposer's clock
	Seen         *consensus.Time  `json:"seen"`          // when this node first had it
	Signers      []Signer         `json:"signers"`       // the proposer, then in the order in which they were seen
	Refusals     []Refused        `json:"refusals"`
	Verified     bool             `json:"verified"`  // it has its quorum
	Quorum       *consensus.Time  `json:"quorum"`    // when this node knew of it
	InStore      bool             `json:"in_store"`  // this node knows its row to be in the price store
	Stored       *consensus.Time  `json:"stored"`    // since when it does
	Writer       *signing.Address `json:"writer"`    // who announced the row; null: not known, or not written yet
	Convicted    bool             `json:"convicted"` // its proposer signed two prices for the round
}

// Signer is one signature of a price.
type Signer struct {
	Address signing.Address `json:"address"`
	Seen    *consensus.Time `json:"seen"`
}

// Refused tells that a member did not co-sign a price: this node itself, or another one by its own word, which its heartbeats
// bring.
type Refused struct {
	Address  signing.Address   `json:"address"`
	Reason   consensus.Refusal `json:"reason"`
	Seen     *consensus.Time   `json:"seen"`
	OwnPrice *price.Price      `json:"own_price"` // of this node alone; null: there was none, or it is another's
}

// Storyteller is a node that remembers rounds.
type Storyteller interface {
	// Interval returns the length of a round.
	Interval() time.Duration
	// Story tells of a round, of one pair or, if that is empty, of all. Errors wrap ErrNotFound or ErrTooLong.
	Story(ctx context.Context, round consensus.Round, pair price.Pair) (Story, error)
	// Stories tells of the last rounds, the newest first. Errors wrap ErrTooLong, or are the journal's.
	Stories(ctx context.Context, q StoryQuery) ([]Story, error)
}

// StoryQuery says which rounds are asked for.
type StoryQuery struct {
	ID    []byte     // only rounds with a price whose id begins so; empty: all
	Pair  price.Pair // only this pair's prices, and rounds that have some; empty: all
	Limit int        // 1 to MaxRecords; a node returns fewer where they are long
}

// ErrTooLong tells that a round has too many signatures for one answer. The answer is 400, and says to ask for one pair.
var ErrTooLong = errors.New("too long")

func story(ctx context.Context, n Storyteller, q query) (Story, error) {
	if step := consensus.Round(n.Interval() / time.Second); !q.round.Aligned(n.Interval()) {
		before := q.round / step * step
		return Story{}, faultf(http.StatusBadRequest, "no round starts at %d: rounds are %s long, and the nearest are %d (%s) and %d (%s)",
			q.round, n.Interval(), before, before.Start().Format(time.DateTime), before+step, (before + step).Start().Format(time.DateTime))
	}
	return n.Story(ctx, q.round, q.pair)
}

// told is the body of /v1/rounds.
type told struct {
	Rounds []Story `json:"rounds"`
}

// storiesBehind answers with the last rounds, which are in memory, and behind a gate with those that are looked for by an id.
func storiesBehind(journal *gate) func(context.Context, Storyteller, query) (told, error) {
	return func(ctx context.Context, n Storyteller, q query) (answer told, err error) {
		looking := journal
		if len(q.prefix) == 0 {
			looking = nil
		}
		err = looking.pass(func() error {
			list, err := n.Stories(ctx, StoryQuery{q.prefix, q.pair, q.limit})
			answer = told{append([]Story{}, list...)}
			return err
		})
		return answer, err
	}
}

// MaxSilent bounds the silent members that a story names.
const MaxSilent = 32
