package archive

import (
	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

// Bounds of one request and its answer. An answer that would be longer holds the beginning of what was asked for.
const (
	// MaxRequestBytes bounds an encoded request.
	MaxRequestBytes = 64 << 10
	// MaxResponseBytes bounds an encoded response.
	MaxResponseBytes = 512 << 10

	// MaxBuckets bounds the buckets of a request.
	MaxBuckets = 512
	// MaxRounds bounds the rounds of a request.
	MaxRounds = 1024
	// MaxIDs bounds the certificates of a request.
	MaxIDs = 1024
)

// Request asks for one thing: of Buckets, Rounds, IDs and Live one is set.
type Request struct {
	Interval uint64 // of the rounds, in seconds: nodes of other intervals have other buckets
	Span     Span   // that Buckets are cut to
	Buckets  []Bucket
	Rounds   []Round
	IDs      []signing.Digest
	Live     bool // the reports that can still enter
}

// Bucket asks for the fingerprints of the children of a range of rounds: 16^Level of them, from Index x 16^Level x interval
// on.
type Bucket struct {
	Pair  price.Pair
	Level uint64
	Index uint64
}

// Round asks for the ids of a pair and round.
type Round struct {
	Pair  price.Pair
	Round consensus.Round
}

// Response answers a Request. Buckets, Rounds and, to IDs, Reports answer the first ones that were asked for, at least
// one, in their order.
type Response struct {
	Buckets []Children
	Rounds  [][]signing.Digest // each ascending
	Reports [][]byte           // encoded; empty: not held
}

// Children are the fingerprints of a bucket's children that hold something of the span, in their order.
type Children struct {
	Mask         uint16 // bit i stands for child i
	Fingerprints []Fingerprint
}

// of returns the fingerprint of child i.
func (c Children) of(i int) Fingerprint {
	at := 0
	for bit := range fan {
		set := c.Mask&(1<<bit) != 0
		switch {
		case bit == i && set:
			return c.Fingerprints[at]
		case bit == i:
			return Fingerprint{}
		case set:
			at++
		}
	}
	return Fingerprint{}
}
