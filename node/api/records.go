package api

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

// Refusal tells that the node did not co-sign a price: both prices and why. Times are RFC 3339, UTC, milliseconds.
type Refusal struct {
	Time        Time              `json:"time"` // of the refusal, on this node's clock
	ID          signing.Digest    `json:"id"`
	Pair        price.Pair        `json:"pair"`
	RoundTime   Time              `json:"round_time"`
	FirstSigner signing.Address   `json:"first_signer"`
	Price       price.Price       `json:"price"`
	Reason      consensus.Refusal `json:"reason"`
	OwnPrice    *price.Price      `json:"own_price,omitempty"` // absent if there was none
	OwnTime     *Time             `json:"own_time,omitempty"`  // when it was fetched
}

// Time is an instant that JSON has in consensus.TimeFormat, as rows have theirs.
type Time time.Time

// MarshalText writes the instant in UTC.
func (t Time) MarshalText() ([]byte, error) {
	return []byte(time.Time(t).UTC().Format(consensus.TimeFormat)), nil
}

// UnmarshalText reads what MarshalText writes.
func (t *Time) UnmarshalText(text []byte) error {
	parsed, err := time.Parse(consensus.TimeFormat, string(text))
	*t = Time(parsed)
	return err
}

// Records are what a node keeps of others' faults and of its own refusals, newest first.
type Records interface {
	Evidence(ctx context.Context, limit int) ([]consensus.Evidence, error)
	Refusals(ctx context.Context, limit int) ([]Refusal, error)
}

const (
	// MaxRecords bounds the records of one answer.
	MaxRecords = 500
	// defaultRecords is how many there are when the request does not say.
	defaultRecords = 100
)

// records serves a list under its name: {"evidence": [..]}.
func records[T any](s *Server, name string, list func(Records, context.Context, int) ([]T, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		limit := defaultRecords
		if text := r.URL.Query().Get("limit"); text != "" {
			var err error
			if limit, err = strconv.Atoi(text); err != nil || limit < 1 || limit > MaxRecords {
				refuse(w, http.StatusBadRequest, fmt.Sprintf("limit is %.20q, want 1 to %d", text, MaxRecords))
				return
			}
		}
		kept := s.records.Load()
		if kept == nil {
			refuse(w, http.StatusNotFound, "this node keeps no records: it is starting, or a bootstrap node")
			return
		}
		found, err := list(*kept, r.Context(), limit)
		if err != nil {
			refuse(w, http.StatusInternalServerError, err.Error())
			return
		}
		answer(w, http.StatusOK, map[string][]T{name: append([]T{}, found...)})
	}
}

// refuse answers with problem details (RFC 9457).
func refuse(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	write(w, status, map[string]any{"title": http.StatusText(status), "status": status, "detail": detail})
}
