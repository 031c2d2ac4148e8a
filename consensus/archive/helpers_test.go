package archive_test

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/archive"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	interval = 10 * time.Second
	first    = consensus.Round(1_763_800_200)
)

func pairs() []price.Pair { return []price.Pair{"ETH-USD", "BTC-USD"} }

// entry returns a made-up certificate, the same for the same numbers.
func entry(pair price.Pair, round, n int) archive.Entry {
	e := archive.Entry{Pair: pair, Round: first + consensus.Round(10*round)}
	seed := [32]byte{byte(n), byte(n >> 8)}
	binary.BigEndian.PutUint64(seed[8:], uint64(e.Round))
	copy(seed[16:], pair)
	rand.NewChaCha8(seed).Read(e.ID[:]) //nolint:errcheck // never fails
	return e
}

// span covers so many rounds.
func span(rounds int) archive.Span {
	return archive.Span{From: first, Until: first + consensus.Round(10*(rounds-1))}
}

func treeOf(entries ...archive.Entry) *archive.Tree {
	t := archive.NewTree(interval, pairs())
	for _, e := range entries {
		t.Add(e)
	}
	return t
}

// link is a peer that answers from its tree, over the wire's encoding, and what passed between.
type link struct {
	tree            *archive.Tree
	requests, bytes int
	lie             func(archive.Request, archive.Response) archive.Response
}

func (l *link) ask(_ context.Context, r archive.Request) (archive.Response, error) {
	encoded := r.Encode()
	read, err := archive.DecodeRequest(encoded)
	if err != nil {
		return archive.Response{}, err
	}
	var response archive.Response
	if len(read.IDs) > 0 {
		for _, id := range read.IDs {
			response.Reports = append(response.Reports, id[:]) // stands for the certificate
		}
	} else if response, err = l.tree.Answer(read); err != nil {
		return archive.Response{}, err
	}
	if l.lie != nil {
		response = l.lie(read, response)
	}
	answer := response.Encode()
	l.requests++
	l.bytes += len(encoded) + len(answer)
	return archive.DecodeResponse(answer)
}

// into takes what was asked for into a tree.
func into(t *archive.Tree) archive.Take {
	return func(_ context.Context, asked []archive.Entry, reports [][]byte) error {
		for i, e := range asked {
			if slices.Equal(reports[i], e.ID[:]) {
				t.Add(e)
			}
		}
		return nil
	}
}

// all returns the ids of a tree in a span.
func all(t *archive.Tree, s archive.Span) (ids []signing.Digest) {
	for _, pair := range pairs() {
		for r := s.From; r <= s.Until; r += 10 {
			ids = append(ids, t.IDs(pair, r)...)
		}
	}
	return ids
}
