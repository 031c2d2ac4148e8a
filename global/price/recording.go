package price

import (
	"bufio"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

const (
	// maxRows bounds a recording: two years of minutes.
	maxRows = 1_000_000
	// maxLine bounds a line of it, in bytes; time and price need up to 90.
	maxLine = 256
	// header is the first line of a recording.
	header = "time,close"
)

//go:embed eth-usd-coinbase-1m.csv
var recorded string

// Recorded returns a recording for NewReplay: 300 one-minute closes of ETH-USD at Coinbase, from 2025-11-04 23:11 UTC
// on.
func Recorded() io.Reader { return strings.NewReader(recorded) }

// readRecording returns the prices of a recording of at most most rows, in their order.
func readRecording(r io.Reader, most int) ([]Price, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, maxLine), maxLine)
	var (
		rows  []Price
		last  time.Time
		count int
	)
	for lines.Scan() {
		count++
		if count == 1 {
			if lines.Text() != header {
				return nil, fmt.Errorf("line 1: %.40q: want %q", lines.Text(), header)
			}
			continue
		}
		at, price, err := parseRow(lines.Text())
		switch {
		case err != nil:
			return nil, fmt.Errorf("line %d: %w", count, err)
		case len(rows) > 0 && !at.After(last):
			return nil, fmt.Errorf("line %d: not later than the line before", count)
		case len(rows) == most:
			return nil, fmt.Errorf("line %d: more than %d rows", count, most)
		}
		rows, last = append(rows, price), at
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("line %d: %w", count+1, err)
	}
	if len(rows) == 0 {
		return nil, errors.New("no rows")
	}
	return rows, nil
}

// parseRow reads one row, "2025-11-04T23:11:00Z,3270.54".
func parseRow(line string) (time.Time, Price, error) {
	when, closing, found := strings.Cut(line, ",")
	if !found {
		return time.Time{}, Price{}, fmt.Errorf("%.40q: want %q", line, header)
	}
	at, err := time.Parse(time.RFC3339, when)
	if err != nil {
		return time.Time{}, Price{}, fmt.Errorf("time: %w", err)
	}
	price, err := Parse(closing)
	if err != nil {
		return time.Time{}, Price{}, fmt.Errorf("close: %w", err)
	}
	return at, price, nil
}
