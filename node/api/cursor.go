package api

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
)

// Cursor is a place in the order of the stored prices, by round and then by id. Its text is ROUND-ID: unix seconds and 0x.. .
type Cursor struct {
	Round time.Time
	ID    signing.Digest
}

// ErrCursor is returned by UnmarshalText for any other text.
var ErrCursor = errors.New("not a cursor")

// MarshalText writes the place.
func (c Cursor) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%d-%s", c.Round.Unix(), c.ID), nil
}

// UnmarshalText reads what MarshalText writes. Errors wrap ErrCursor.
func (c *Cursor) UnmarshalText(text []byte) error {
	seconds, id, _ := strings.Cut(string(text), "-")
	round, ok := parseSeconds(seconds)
	digest, err := signing.ParseDigest(id)
	if !ok || err != nil {
		return fmt.Errorf("%w: %.100q", ErrCursor, text)
	}
	*c = Cursor{round, digest}
	return nil
}

// lastSecond is the last second of the year 9999: later times have no RFC 3339 form.
const lastSecond = 253402300799

// parseSeconds reads unix seconds of the years 1970 to 9999, without sign or leading zeros.
func parseSeconds(text string) (t time.Time, ok bool) {
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil || seconds < 0 || seconds > lastSecond || strconv.FormatInt(seconds, 10) != text {
		return time.Time{}, false
	}
	return time.Unix(seconds, 0).UTC(), true
}

// parseTime reads RFC 3339 or unix seconds, of the years 1970 to 9999.
func parseTime(text string) (t time.Time, ok bool) {
	if t, ok := parseSeconds(text); ok {
		return t, true
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	t = t.UTC()
	return t, err == nil && t.Unix() >= 0 && t.Unix() <= lastSecond
}
