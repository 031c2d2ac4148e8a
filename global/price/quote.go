package price

import "time"

// Quote is what one source said about one pair.
type Quote struct {
	// Pair is the market that was asked for.
	Pair Pair
	// Price is the source's price, never "no price".
	Price Price
	// At is the time, in UTC, at which the source's answer had been read.
	At time.Time
}
