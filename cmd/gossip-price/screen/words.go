package screen

import (
	"fmt"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// short returns the ends of an address: enough to find it in the roster.
func short(a signing.Address) string {
	text := a.String()
	return text[:6] + ".." + text[len(text)-4:]
}

// ago says in at most two units how long a time is: 45ms, 3.1s, 12s, 3m05s, 2h13m, 5d04h.
func ago(d time.Duration) string {
	switch d = max(d, 0); {
	case d < time.Second:
		return fmt.Sprintf("%dms", d.Milliseconds())
	case d < 10*time.Second:
		return fmt.Sprintf("%.1fs", d.Truncate(100*time.Millisecond).Seconds())
	case d < time.Minute:
		return fmt.Sprintf("%ds", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", d/time.Minute, d%time.Minute/time.Second)
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh%02dm", d/time.Hour, d%time.Hour/time.Minute)
	}
	return fmt.Sprintf("%dd%02dh", d/(24*time.Hour), d%(24*time.Hour)/time.Hour)
}

// millis is a length of time as answers have it.
func millis(ms int64) time.Duration { return time.Duration(ms) * time.Millisecond }

// clock returns a time of the day in UTC, with the date if it is of another day than now.
func clock(t consensus.Time, now time.Time) string {
	at, now := time.Time(t).UTC(), now.UTC()
	if at.YearDay() == now.YearDay() && at.Year() == now.Year() {
		return at.Format("15:04:05Z")
	}
	return at.Format("2006-01-02 15:04:05Z")
}

// between returns the time from one instant to another.
func between(from, to consensus.Time) time.Duration { return time.Time(to).Sub(time.Time(from)) }

// signed returns a length of time with its sign, exact to a thousandth of a second below ten.
func signed(d time.Duration) string {
	if d.Abs() < 10*time.Second {
		return fmt.Sprintf("%+dms", d.Milliseconds())
	}
	return fmt.Sprintf("%+ds", int64(d.Seconds()))
}

// Count returns a number and its noun, in the plural by an s where there is not one.
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
