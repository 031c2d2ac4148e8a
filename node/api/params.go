package api

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

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
