package dashboard

import (
	"errors"
	"fmt"
	"time"

	"github.com/gossip-price/gossip-price/node/api"
)

// priceView is the latest price of a pair, and how it came there.
type priceView struct {
	Pair, Quote     string
	Known           bool
	Fault           string // why there is none
	Price           string
	Lowest, Highest string
	Spread          string
	Age             time.Duration
	Stale           bool
	Signers         int
	Count           int // prices of the round
	Round           time.Time
	ID, IDBrief     string
	Chart           *chart // nil: no complete round
}

// take takes in the price that stands, or why there is none.
func (v *priceView) take(latest api.Latest, err error) {
	switch {
	case errors.Is(err, api.ErrNotFound):
		v.Fault = "No round is complete yet."
		return
	case err != nil:
		v.Fault = clip(err.Error(), sentence)
		return
	}
	v.Known, v.Stale, v.Age = true, latest.Stale, millis(latest.Age)
	v.Price, v.Lowest, v.Highest = group(latest.Price.String()), group(latest.Lowest.String()), group(latest.Highest.String())
	v.Spread = percent(latest.Spread)
	v.Signers, v.Count, v.Round = latest.Signers, latest.Count, time.Time(latest.RoundTime)
	v.ID, v.IDBrief = latest.Proof.ID.String(), latest.Proof.ID.Short()
}

// percent writes millionths as percent.
func percent(millionths int64) string {
	return fmt.Sprintf("%d.%04d %%", millionths/10_000, millionths%10_000)
}
