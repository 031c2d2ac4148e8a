package consensus

import "time"

// Round names one tick of the fetch interval by the unix second at which it starts: a multiple of the interval.
type Round uint64

// RoundAt returns the round that contains now. The interval is a whole number of seconds, at least one.
func RoundAt(now time.Time, interval time.Duration) Round {
	step := int64(interval / time.Second)
	return Round(now.Unix() / step * step)
}

// Start returns the instant at which the round begins, in UTC.
func (r Round) Start() time.Time { return time.Unix(int64(r), 0).UTC() }

// Aligned tells whether the round can be one of the interval's.
func (r Round) Aligned(interval time.Duration) bool {
	return uint64(r)%uint64(interval/time.Second) == 0
}

// maxRound is the last second of the year 9999: later times have no RFC 3339 form and no place in every database.
const maxRound = 253402300799

// Millis is an instant in unix milliseconds, as the digest has it.
type Millis uint64

// MillisOf truncates an instant after 1970 to milliseconds.
func MillisOf(t time.Time) Millis { return Millis(t.UnixMilli()) }

// Time returns the instant in UTC.
func (m Millis) Time() time.Time { return time.UnixMilli(int64(m)).UTC() }

// maxMillis is the last millisecond that has an RFC 3339 form.
const maxMillis = maxRound*1000 + 999
