package node

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	"golang.org/x/sync/errgroup"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/archive"
	"github.com/gossip-price/gossip-price/node/api"
)

const (
	// progressPeriod is how often a long catch-up is told of.
	progressPeriod = 10 * time.Second
	// adoptBatch bounds the certificates that go to disk at once: signing waits for no longer.
	adoptBatch = 128
)

// fetching is one comparison with a peer, and what is fetched from it.
type fetching struct {
	node        *Node
	from        peer.ID
	began, told time.Time
	result      archive.Result
	adopted     int
	oldest      consensus.Round // of those adopted
	newest      consensus.Round
}

// run compares the rounds that are closed, and takes what is missing.
func (f *fetching) run(ctx context.Context) (err error) {
	n := f.node
	until := n.policy.Closed(n.now())
	span := n.span(until)
	span.From = max(span.From, n.tree.Floor())
	ask := func(ctx context.Context, r archive.Request) (archive.Response, error) { return n.ask(ctx, f.from, r) }
	f.result, err = archive.Reconcile(ctx, ask, n.tree, span, f.take)
	if errors.Is(err, archive.ErrFault) {
		n.network.Blame(f.from)
	}
	return err
}

// take checks reports that were fetched, and keeps those that are certificates.
func (f *fetching) take(ctx context.Context, asked []archive.Entry, reports [][]byte) error {
	certificates, err := f.check(ctx, asked, reports)
	if err != nil {
		return err
	}
	f.node.meters.refusedCertificates.Add(float64(len(reports) - len(certificates)))
	certificates = f.node.offer(certificates)
	for len(certificates) > 0 {
		some := certificates[:min(len(certificates), adoptBatch)]
		if err := f.adopt(ctx, some); err != nil {
			return err
		}
		certificates = certificates[len(some):]
	}
	if time.Since(f.told) >= progressPeriod {
		f.told = time.Now()
		f.node.log.Info("catching up", "from", f.from, "certificates", f.adopted)
	}
	return ctx.Err()
}

// check verifies reports by all processors but one, which is for what goes on meanwhile. It leaves out what other settings may
// take for a certificate, and returns an error for what none does.
func (f *fetching) check(ctx context.Context, asked []archive.Entry, reports [][]byte) ([]consensus.Certificate, error) {
	checked := make([]*consensus.Certificate, len(reports))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(max(1, runtime.GOMAXPROCS(0)-1))
	for i := range reports {
		if ctx.Err() != nil {
			break
		}
		g.Go(func() (err error) {
			checked[i], err = f.node.certificate(asked[i], reports[i])
			return err
		})
	}
	if err := errors.Join(g.Wait(), context.Cause(ctx)); err != nil && !errors.Is(err, context.Canceled) {
		return nil, err
	}
	var certificates []consensus.Certificate
	for _, c := range checked {
		if c != nil {
			certificates = append(certificates, *c)
		}
	}
	return certificates, nil
}

// certificate returns what a report that was asked for certifies: nil if it does not by this node's settings, an error that
// wraps archive.ErrFault if by none. Its settle period begins now: others may have seen later attestations, and may have
// written it already, which then changes nothing.
func (n *Node) certificate(asked archive.Entry, report []byte) (*consensus.Certificate, error) {
	r, err := consensus.DecodeReport(report)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", archive.ErrFault, err)
	}
	o := r.Observation
	c := &consensus.Certificate{
		ID: o.Digest(n.domain), Report: r, LastSigned: n.now().UTC().Truncate(time.Millisecond),
	}
	if r.Network != n.cfg.Network || (archive.Entry{Pair: o.Pair, Round: o.Round, ID: c.ID}) != asked {
		return nil, fmt.Errorf("%w: certificate %s of %s is not what was asked for", archive.ErrFault, c.ID, r.Network)
	}
	members := 0
	for _, a := range r.Attestations {
		if n.policy.Roster.Contains(a.Signer) {
			members++
		}
	}
	if members < n.policy.Quorum || !n.policy.Roster.Contains(o.Proposer) {
		return nil, nil // told before any signature is recovered
	}
	if err := c.Row().Verify(n.policy.Roster.Contains, n.policy.Quorum); err != nil {
		return nil, fmt.Errorf("%w: certificate %s: %w", archive.ErrFault, c.ID, err)
	}
	return c, nil
}

// offer gives certificates of rounds that are not forgotten to the engine, which keeps them as any other, and returns those
// that it does not take.
func (n *Node) offer(certificates []consensus.Certificate) (rest []consensus.Certificate) {
	for _, c := range certificates {
		now := n.now()
		if n.policy.Forgotten(c.Observation.Round, now) {
			rest = append(rest, c)
			continue
		}
		change := n.engine.Receive(c.Encode(), now)
		n.meters.members.credit(&change)
		if change.Evidence != nil {
			n.found(*change.Evidence, true)
		}
		n.signed(change, now)
		if change.Outcome != consensus.Accepted && change.Outcome != consensus.Duplicate {
			rest = append(rest, c) // whatever it is evidence of, a quorum stands behind it
			continue
		}
		nudge(n.wake)
	}
	return rest
}

// adopt brings certificates to disk, as those of this node's own are, and takes note of what they prove.
func (f *fetching) adopt(ctx context.Context, certificates []consensus.Certificate) error {
	n := f.node
	adopted, evidence, err := n.journal.Adopt(ctx, certificates)
	if ctx.Err() == nil && (err != nil || len(adopted) > 0) {
		n.health.set(journalPart, err)
	}
	if err != nil {
		return err
	}
	n.archive(certificates)
	for _, e := range evidence {
		n.convict(e)
	}
	f.adopted += len(adopted)
	n.meters.fetched.Add(float64(len(adopted)))
	for _, c := range certificates {
		n.book.Certificate(c, false)
		if slices.Contains(adopted, c.ID) {
			n.feed.Tell(api.CertificateEvent, c.Row())
		}
		round := c.Observation.Round
		if f.oldest == 0 || round < f.oldest {
			f.oldest = round
		}
		f.newest = max(f.newest, round)
	}
	return nil
}

// finish tells what came of it.
func (f *fetching) finish() {
	n := f.node
	if f.adopted == 0 {
		n.meters.syncs[syncSame].Inc()
		return
	}
	n.meters.syncs[syncFetched].Inc()
	end := f.newest.Start().Add(n.policy.Interval)
	n.log.Info("caught up: fetched certificates that this node had missed", "certificates", f.adopted, "from", f.from,
		"first", f.oldest.Start(), "until", end, "took", time.Since(f.began).Round(time.Millisecond), "requests", f.result.Requests)
}
