package archive

import (
	"context"
	"errors"
	"fmt"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// ErrFault is returned when a peer answers what no honest one does.
var ErrFault = errors.New("peer broke the protocol")

const (
	// maxRequests bounds the requests of one comparison. Fingerprints and ids of a full archive take about 100; what is
	// over is for certificates of hundreds of signers, of which few fit in a response. What was fetched by then stays.
	maxRequests = 16 << 10
	// maxWanted bounds the certificates that one comparison finds missing: a peer can't hold more.
	maxWanted = MaxHeld
)

// Ask sends a request to the peer and returns its response.
type Ask func(ctx context.Context, r Request) (Response, error)

// Take is given what was asked for and the encoded reports that came for it, one each, and checks and keeps them. An error
// ends the comparison.
type Take func(ctx context.Context, asked []Entry, reports [][]byte) error

// Result is what a comparison came to.
type Result struct {
	Requests int
	Missing  int // certificates that the peer said it holds and this node does not
	Fetched  int // reports that came for them
}

// comparison is one node's side of finding out what it lacks.
type comparison struct {
	tree   *Tree
	span   Span
	within indexes
	ask    Ask
	result Result
}

// Reconcile finds out which certificates of a span the peer holds and the tree does not, and has take take them. It asks
// only about ranges that differ, so its cost is that of the differences. It ends after a bounded number of requests,
// whatever the peer answers. Errors wrap ErrFault where no honest peer answers so, else they are those of ask and take.
func Reconcile(ctx context.Context, ask Ask, tree *Tree, span Span, take Take) (Result, error) {
	c := &comparison{tree: tree, span: span, within: tree.indexes(span), ask: ask}
	rounds, err := c.descend(ctx, tree.buckets(c.within))
	if err != nil {
		return c.result, err
	}
	missing, err := c.list(ctx, rounds)
	if err != nil {
		return c.result, err
	}
	c.result.Missing = len(missing)
	return c.result, c.fetch(ctx, missing, take)
}

// descend returns the rounds that differ below the given buckets.
func (c *comparison) descend(ctx context.Context, buckets []bucket) ([]Round, error) {
	for len(buckets) > 0 && buckets[0].level > 0 {
		var differ []bucket
		for rest := buckets; len(rest) > 0; {
			some := rest[:min(len(rest), MaxBuckets)]
			request := Request{Span: c.span}
			for _, b := range some {
				request.Buckets = append(request.Buckets, Bucket{b.pair, uint64(b.level), b.index})
			}
			response, err := c.send(ctx, request)
			if err != nil {
				return nil, err
			}
			answered := len(response.Buckets)
			if answered < 1 || answered > len(some) {
				return nil, fmt.Errorf("%w: %d of %d fingerprints", ErrFault, answered, len(some))
			}
			for i, children := range response.Buckets {
				differ = c.compare(differ, some[i], children)
			}
			rest = rest[answered:]
		}
		buckets = differ
	}
	rounds := make([]Round, len(buckets))
	for i, b := range buckets {
		rounds[i] = Round{b.pair, consensus.Round(b.index) * c.tree.step}
	}
	return rounds, nil
}

// compare appends the children of a bucket of which the peer holds something else. What it holds nothing of has nothing
// to be fetched; what lies outside the span is not looked at.
func (c *comparison) compare(differ []bucket, b bucket, children Children) []bucket {
	c.tree.mu.Lock()
	defer c.tree.mu.Unlock()
	i := 0
	for child := range b.children() {
		theirs := children.of(i)
		i++
		if _, inside := c.within.of(child); !inside || theirs == (Fingerprint{}) {
			continue
		}
		if ours := c.tree.within(child, c.within); ours.fingerprint() != theirs {
			differ = append(differ, child)
		}
	}
	return differ
}

// list returns the certificates of the rounds that the tree lacks.
func (c *comparison) list(ctx context.Context, rounds []Round) (missing []Entry, err error) {
	for len(rounds) > 0 {
		some := rounds[:min(len(rounds), MaxRounds)]
		response, err := c.send(ctx, Request{Rounds: some})
		if err != nil {
			return nil, err
		}
		answered := len(response.Rounds)
		if answered < 1 || answered > len(some) {
			return nil, fmt.Errorf("%w: ids of %d of %d rounds", ErrFault, answered, len(some))
		}
		for i, ids := range response.Rounds {
			missing = c.lacking(missing, some[i], ids)
		}
		if len(missing) > maxWanted {
			return nil, fmt.Errorf("%w: over %d certificates", ErrFault, maxWanted)
		}
		rounds = rounds[answered:]
	}
	return missing, nil
}

// lacking appends those of the ids that the tree does not have.
func (c *comparison) lacking(missing []Entry, r Round, theirs []signing.Digest) []Entry {
	held := make(map[signing.Digest]struct{})
	for _, id := range c.tree.IDs(r.Pair, r.Round) {
		held[id] = struct{}{}
	}
	for _, id := range theirs {
		if _, ok := held[id]; !ok {
			missing = append(missing, Entry{r.Pair, r.Round, id})
		}
	}
	return missing
}

// fetch asks for certificates, page by page. What the peer does not have any more is left: it may have pruned it meanwhile.
func (c *comparison) fetch(ctx context.Context, missing []Entry, take Take) error {
	for len(missing) > 0 {
		some := missing[:min(len(missing), MaxIDs)]
		var request Request
		for _, e := range some {
			request.IDs = append(request.IDs, e.ID)
		}
		response, err := c.send(ctx, request)
		if err != nil {
			return err
		}
		answered := len(response.Reports)
		if answered < 1 || answered > len(some) {
			return fmt.Errorf("%w: %d of %d certificates", ErrFault, answered, len(some))
		}
		var asked []Entry
		var reports [][]byte
		for i, report := range response.Reports {
			if len(report) > 0 {
				asked, reports = append(asked, some[i]), append(reports, report)
			}
		}
		c.result.Fetched += len(reports)
		if err := take(ctx, asked, reports); err != nil {
			return err
		}
		missing = missing[answered:]
	}
	return nil
}

func (c *comparison) send(ctx context.Context, r Request) (Response, error) {
	if c.result.Requests++; c.result.Requests > maxRequests {
		return Response{}, fmt.Errorf("%w: no end after %d answers", ErrFault, maxRequests)
	}
	r.Interval = uint64(c.tree.step)
	return c.ask(ctx, r)
}
