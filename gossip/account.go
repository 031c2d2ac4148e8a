package gossip

import (
	"time"

	"golang.org/x/time/rate"
)

const (
	// graceTime is how long it takes until as much as a whole burst beyond the budget is forgiven.
	graceTime = 10 * time.Minute

	// maxInvalid is how many invalid messages have a peer cut. An honest node sends none, for it passes on only what
	// its own validator accepted; the few that are let pass are for nodes whose settings differ while they are being
	// changed (docs/protocol.md, section 3.4).
	maxInvalid = 5
	// forgiveEvery is how long it takes until one invalid message is forgiven.
	forgiveEvery = 5 * time.Minute
)

// meter is a peer's bucket of one kind, and behind it another that tells a hiccup from a flood: what the first does not
// hold is dropped, what the second does not hold either has the peer cut.
type meter struct{ bucket, grace *rate.Limiter }

func newMeter(a, most allowance) meter {
	return meter{
		bucket: a.atMost(most).bucket(),
		grace:  allowance{float64(a.burst) / graceTime.Seconds(), a.burst}.bucket(),
	}
}

// account is what is remembered of a peer's traffic.
type account struct {
	messages, control, bytes meter

	invalid *rate.Limiter // how many more invalid messages are let pass
	heard   time.Time     // when it last sent anything
	fault   fault         // why it is to be cut; none yet
	client  *client       // nil until it asks something
}

func newAccount(b budget) *account {
	return &account{
		messages: newMeter(b.messages, allowance{mostMessages, mostAtOnce}),
		control:  newMeter(b.control, b.control), bytes: newMeter(b.bytes, b.bytes),
		invalid: rate.NewLimiter(rate.Every(forgiveEvery), maxInvalid-1),
	}
}

// take pays for an RPC. It tells whether the budget holds it and, if it does not, whether the peer floods.
func (a *account) take(l load, now time.Time) (within, flood bool) {
	for _, due := range []struct {
		meter meter
		n     int
	}{{a.messages, l.messages}, {a.control, l.control}, {a.bytes, l.bytes}} {
		if !due.meter.bucket.AllowN(now, due.n) {
			return false, !due.meter.grace.AllowN(now, due.n)
		}
	}
	return true, false
}

// score is the negative of the invalid messages that are not forgiven yet.
func (a *account) score(now time.Time) float64 {
	if a.fault != "" {
		return cutScore
	}
	return a.invalid.TokensAt(now) - float64(a.invalid.Burst())
}
