package price

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Replay is a stand-in for Coinbase: an http.Handler that answers GET /v2/exchange-rates for one pair from recorded
// prices.
//
// Which row it answers depends on the clock alone, so several replays of one recording agree: row = (now / step) mod
// rows, now since the Unix epoch.
type Replay struct {
	pair Pair
	rows []Price
	step time.Duration
	now  func() time.Time
}

// NewReplay reads a recording of pair's prices: CSV with the header "time,close" and rows of a time (RFC 3339, each
// later than the one before) and a price that Parse takes. A row is answered for step, whole milliseconds. An error
// names the line, and wraps global.ErrMalformed where a price or the pair is at fault.
func NewReplay(csv io.Reader, pair Pair, step time.Duration, now func() time.Time) (*Replay, error) {
	if _, err := ParsePair(string(pair)); err != nil {
		return nil, fmt.Errorf("replay prices: %w", err)
	}
	if step < time.Millisecond || step%time.Millisecond != 0 {
		return nil, fmt.Errorf("replay prices: step %s: want whole milliseconds, at least one", step)
	}
	rows, err := readRecording(csv, maxRows)
	if err != nil {
		return nil, fmt.Errorf("replay prices: %w", err)
	}
	return &Replay{pair: pair, rows: rows, step: step, now: now}, nil
}

// ServeHTTP answers as Coinbase does; what it has no price for it refuses with Coinbase's form of an error: status 400
// for another currency, 404 for the rest.
func (r *Replay) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	switch {
	case req.Method != http.MethodGet || req.URL.Path != ratesPath:
		write(w, http.StatusNotFound, refused("not_found", "Not found"))
	case req.URL.Query().Get("currency") != r.pair.Base():
		write(w, http.StatusBadRequest, refused("invalid_request", "Currency is invalid"))
	default:
		write(w, http.StatusOK, answer[Price]{Data: rates[Price]{
			Currency: r.pair.Base(),
			Rates:    map[string]Price{r.pair.Quote(): r.current()},
		}})
	}
}

// current returns the price of the row whose turn it is.
func (r *Replay) current() Price {
	rows := int64(len(r.rows))
	row := r.now().UnixMilli() / r.step.Milliseconds() % rows
	return r.rows[(row+rows)%rows] // a clock before 1970 gives no negative row
}

// faults is Coinbase's JSON of an error.
type faults struct {
	Errors []fault `json:"errors"`
}

type fault struct {
	ID      string `json:"id"`
	Message string `json:"message"`
}

func refused(id, message string) faults {
	return faults{Errors: []fault{{ID: id, Message: message}}}
}

func write(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // fails only where the client has gone
}
