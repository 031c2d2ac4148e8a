package api

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

// query is what a request asks for: the values of its route's parameters.
type query struct {
	pair         price.Pair      // empty: all, or the first
	round        consensus.Round // 0: all
	id           signing.Digest
	prefix       []byte    // how an id begins; empty: all
	since, until time.Time // zero: all
	below        Cursor    // zero: from the newest on
	limit        int
	verify       bool
}

// maxQuery bounds the text of a request's parameters, in bytes.
const maxQuery = 1024

// parseQuery reads a request's parameters: of each at most one value, and none that the route does not have. An empty one counts
// as not given. Errors are faults that say what would be right.
func parseQuery(r *http.Request, params []param) (query, error) {
	var q query
	if len(r.URL.RawQuery) > maxQuery {
		return q, faultf(http.StatusRequestURITooLong, "the query has %d bytes, want at most %d", len(r.URL.RawQuery), maxQuery)
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return q, faultf(http.StatusBadRequest, "the query can't be read: %s", err)
	}
	var names []string
	for _, p := range params {
		text := r.PathValue(p.name)
		if !p.path {
			names = append(names, p.name)
			if len(values[p.name]) > 1 {
				return q, faultf(http.StatusBadRequest, "%s is given %d times, want once", p.name, len(values[p.name]))
			}
			text = values.Get(p.name)
		}
		if text == "" {
			text = p.usual
		}
		if text == "" && p.needed {
			return q, faultf(http.StatusBadRequest, "%s is missing, want %s", p.name, p.want)
		}
		if text != "" && !p.take(&q, text) {
			return q, faultf(http.StatusBadRequest, "%s is %.80q, want %s", p.name, text, p.want)
		}
	}
	for name := range values {
		if !slices.Contains(names, name) {
			return q, faultf(http.StatusBadRequest, "there is no parameter %.40q here, only: %s", name, strings.Join(names, ", "))
		}
	}
	return q, nil
}
