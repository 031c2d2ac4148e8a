package api

import (
	"context"
	"net/http"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

// Refusal tells that the node did not co-sign a price: both prices and why. Times are RFC 3339, UTC, milliseconds.
type Refusal struct {
	Time        consensus.Time    `json:"time"` // of the refusal, on this node's clock
	ID          signing.Digest    `json:"id"`
	Pair        price.Pair        `json:"pair"`
	RoundTime   consensus.Time    `json:"round_time"`
	FirstSigner signing.Address   `json:"first_signer"`
	Price       price.Price       `json:"price"`
	Reason      consensus.Refusal `json:"reason"`
	OwnPrice    *price.Price      `json:"own_price,omitempty"` // absent if there was none
	OwnTime     *consensus.Time   `json:"own_time,omitempty"`  // when it was fetched
}

// Records are what a node keeps of others' faults and of its own refusals, newest first.
type Records interface {
	Evidence(ctx context.Context, limit int) ([]consensus.Evidence, error)
	Refusals(ctx context.Context, q RefusalQuery) ([]Refusal, error)
}

// RefusalQuery says which refusals are asked for.
type RefusalQuery struct {
	ID    []byte          // how the id begins; empty: all
	Pair  price.Pair      // empty: all
	Round consensus.Round // 0: all
	Limit int             // 1 to MaxRecords
}

const (
	// MaxRecords bounds the records of one answer.
	MaxRecords = 500
	// defaultRecords is how many there are when the request does not say.
	defaultRecords = 100
)

// evidence serves GET /v1/evidence?limit=.
func (s *Server) evidence(w http.ResponseWriter, r *http.Request) {
	limit, err := parseLimit(r.URL.Query().Get("limit"))
	serveRecords(s, w, "evidence", err, func(records Records) ([]consensus.Evidence, error) {
		return records.Evidence(r.Context(), limit)
	})
}

// refusals serves GET /v1/refusals?id=&pair=&round=&limit=.
func (s *Server) refusals(w http.ResponseWriter, r *http.Request) {
	q, err := parseRefusalQuery(r.URL.Query())
	serveRecords(s, w, "refusals", err, func(records Records) ([]Refusal, error) {
		return records.Refusals(r.Context(), q)
	})
}

// serveRecords answers with a list under its name, {"evidence": [..]}, unless the query was wrong.
func serveRecords[T any](s *Server, w http.ResponseWriter, name string, wrong error, list func(Records) ([]T, error)) {
	if wrong != nil {
		refuse(w, http.StatusBadRequest, wrong.Error())
		return
	}
	records := s.records.Load()
	if records == nil {
		refuse(w, http.StatusNotFound, "this node keeps no records: it is starting, or a bootstrap node")
		return
	}
	if !s.reading.TryLock() {
		w.Header().Set("Retry-After", "1")
		refuse(w, http.StatusServiceUnavailable, "records are read one request at a time")
		return
	}
	found, err := list(*records)
	s.reading.Unlock()
	if err != nil {
		refuse(w, http.StatusInternalServerError, err.Error())
		return
	}
	answer(w, http.StatusOK, map[string][]T{name: append([]T{}, found...)})
}

// refuse answers with problem details (RFC 9457).
func refuse(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	write(w, status, map[string]any{"title": http.StatusText(status), "status": status, "detail": detail})
}
