package api

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

// param is one parameter of a route.
type param struct {
	name   string
	path   bool // it is a part of the path, and needed; else of the query
	needed bool
	usual  string // what it is when it is not given; empty: nothing
	want   string // what it must be, in words
	schema *jsonschema.Schema
	take   func(q *query, text string) (ok bool)
}

const (
	// MaxRecords bounds the entries of one answer.
	MaxRecords = 500
	// defaultRecords is how many there are when the request does not say.
	defaultRecords = 100
)

func limitParam() param {
	least, most := 1.0, float64(MaxRecords)
	return param{
		name: "limit", usual: strconv.Itoa(defaultRecords), want: fmt.Sprintf("1 to %d", MaxRecords),
		schema: &jsonschema.Schema{Type: "integer", Minimum: &least, Maximum: &most},
		take: func(q *query, text string) (ok bool) {
			limit, err := strconv.Atoi(text)
			q.limit = limit
			return err == nil && limit >= 1 && limit <= MaxRecords
		},
	}
}

func pairParam() param {
	return param{
		name: "pair", want: "one such as ETH-USD", schema: pairSchema(),
		take: func(q *query, text string) (ok bool) {
			pair, err := price.ParsePair(text)
			q.pair = pair
			return err == nil
		},
	}
}

func roundParam() param {
	least := 0.0
	return param{
		name: "round", want: "the unix second at which it starts", schema: &jsonschema.Schema{Type: "integer", Minimum: &least},
		take: func(q *query, text string) (ok bool) {
			round, err := strconv.ParseUint(text, 10, 63)
			q.round = consensus.Round(round)
			return err == nil
		},
	}
}

// inPath makes a parameter a part of the path.
func inPath(p param) param {
	p.path, p.needed = true, true
	return p
}

// prefixParam is how an id begins.
func prefixParam() param {
	return param{
		name: "id", want: "0x and up to 64 hex digits, two a byte",
		schema: &jsonschema.Schema{Type: "string", Pattern: `^(0x)?([0-9a-fA-F]{2}){0,32}$`},
		take: func(q *query, text string) (ok bool) {
			prefix, err := hex.DecodeString(strings.TrimPrefix(text, "0x"))
			q.prefix = prefix
			return err == nil && len(prefix) <= len(signing.Digest{})
		},
	}
}

// timeParam is a bound of rounds.
func timeParam(name string, set func(q *query, t time.Time)) param {
	return param{
		name: name, want: "a time such as 2026-01-02T03:04:05Z, or unix seconds", schema: &jsonschema.Schema{Type: "string"},
		take: func(q *query, text string) (ok bool) {
			t, ok := parseTime(text)
			set(q, t)
			return ok
		},
	}
}

func sinceParam() param { return timeParam("since", func(q *query, t time.Time) { q.since = t }) }

func untilParam() param { return timeParam("until", func(q *query, t time.Time) { q.until = t }) }

func cursorParam() param {
	return param{
		name: "cursor", want: "what an answer has as next", schema: cursorSchema(),
		take: func(q *query, text string) (ok bool) { return q.below.UnmarshalText([]byte(text)) == nil },
	}
}

func idParam() param {
	return param{
		name: "id", want: "0x and 64 lower-case hex digits", schema: digestSchema(),
		take: func(q *query, text string) (ok bool) {
			id, err := signing.ParseDigest(text)
			q.id = id
			return err == nil
		},
	}
}

func verifyParam() param {
	return param{
		name: "verify", want: "1 to have the node check the proof, or 0", schema: &jsonschema.Schema{Type: "string", Enum: []any{"0", "1"}},
		take: func(q *query, text string) (ok bool) {
			q.verify = text == "1"
			return q.verify || text == "0"
		},
	}
}
