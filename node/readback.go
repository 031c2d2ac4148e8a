package node

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/consensus/writing"
)

const (
	// readBytes is how much of signatures one statement is to read back, by the quorum; twice as much is what is held of one
	// at most: then the rest is asked for again.
	readBytes = 8 << 20
)

// errEnough ends a statement of which as many rows are in memory as may be at once.
var errEnough = errors.New("enough rows for now")

// readBack reads back the rows that others announced, as far as the stage's time goes, tells what it found, and returns what is
// to be written. Rows are judged between the statements: no connection waits for that.
func (n *Node) readBack(ctx context.Context, tasks writing.Tasks) (write []signing.Digest, err error) {
	if len(tasks.Read) == 0 {
		return tasks.Write, nil
	}
	size := max(min(readBytes/(store.AttestationBytes*max(n.policy.Quorum, 1)), store.MaxReadIDs), 1)
	verdicts := make(map[signing.Digest]writing.Verdict, len(tasks.Read))
	var took time.Duration
	for rest := tasks.Read; err == nil && len(rest) > 0 && (took == 0 || n.inTime(tasks, took)); {
		began, part := n.now(), rest[:min(len(rest), size)]
		var rows []consensus.Row
		var whole bool
		if rows, whole, err = n.collect(ctx, part); err != nil {
			break
		}
		var known map[signing.Digest][]consensus.Attestation
		if known, err = n.attested(ctx, rows); err != nil {
			break
		}
		if err = n.judge(ctx, rows, known, verdicts); err != nil {
			break
		}
		left := slices.DeleteFunc(slices.Clone(part), func(id signing.Digest) bool { return verdicts[id] != writing.Unread })
		rest = slices.Concat(left, rest[len(part):])
		if whole {
			for _, id := range left {
				verdicts[id] = writing.Absent
			}
			rest = rest[len(left):]
		}
		took = max(n.now().Sub(began), 1)
	}
	read := n.writing.Read(tasks, verdicts, n.now())
	for _, f := range read.Findings {
		n.tellFinding(f)
	}
	if read.Audit != nil {
		n.publishAudit(ctx, *read.Audit)
	}
	return read.Write, err
}

// collect reads rows by one statement, until they take twice readBytes, and tells whether that is all there is of them.
func (n *Node) collect(ctx context.Context, ids []signing.Digest) (rows []consensus.Row, whole bool, err error) {
	n.meters.statements[readStatement].Inc()
	size := 0
	err = n.prices.Read(ctx, ids, func(row consensus.Row) error {
		rows = append(rows, row)
		if size += store.AttestationBytes * len(row.SignData); size > 2*readBytes {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		return rows, false, nil
	}
	return rows, true, err
}

// attested returns the attestations that this node's own certificates of the rows have: each was recovered when it came.
func (n *Node) attested(ctx context.Context, rows []consensus.Row) (map[signing.Digest][]consensus.Attestation, error) {
	ids := make([]signing.Digest, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	known := make(map[signing.Digest][]consensus.Attestation, len(rows))
	for some := range slices.Chunk(ids, flushBatch) {
		certificates, err := n.journal.Certificates(ctx, some)
		if err != nil {
			return nil, err
		}
		for _, c := range certificates {
			known[c.ID] = c.Attestations
		}
	}
	return known, nil
}

// judge recovers those signatures of rows that are not known, on all cores but one, which is for the messages of others.
func (n *Node) judge(
	ctx context.Context, rows []consensus.Row, known map[signing.Digest][]consensus.Attestation,
	verdicts map[signing.Digest]writing.Verdict,
) error {
	judged := make([]writing.Verdict, len(rows))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(max(runtime.GOMAXPROCS(0)-1, 1))
	for i, row := range rows {
		g.Go(func() error {
			judged[i] = n.writing.Judge(row, known[row.ID])
			return ctx.Err()
		})
	}
	err := g.Wait()
	if err == nil {
		for i, row := range rows {
			verdicts[row.ID] = judged[i]
		}
	}
	return err
}

// tellFinding names who announced a row that is not there, and who told that it is.
func (n *Node) tellFinding(f writing.Finding) {
	n.meters.findings[f.Kind].Inc()
	what := "announced but not in the price store: its writer lied, or the store lost it; it is written again"
	switch f.Kind {
	case writing.Missing:
	case writing.False:
		what = "announced but another content is in the price store under its id: delete that row, and it is written"
	case writing.Unvouched:
		what = "announced but the row under its id is signed by no quorum of a roster that this node ever had; if `verify` with the " +
			"roster of its round refuses it too, delete that row, and it is written"
	}
	n.log.Error("price "+what, "id", f.Announcement.ID, "writer", f.Announcement.Writer, "auditors", f.Auditors,
		"window", f.Announcement.Window, "signature", f.Announcement.Signature)
}

// tellLost notes how many certificates of the outbox this node missed in the store.
func (n *Node) tellLost(count int) {
	if _, before := n.health.heard(rowsPart); count > 0 && before == nil {
		n.log.Error("prices that were written are missing or false in the price store; they are kept and written again", "count", count)
	}
	var err error
	if count > 0 {
		err = fmt.Errorf("%d prices that were written are missing or false in the price store, and were not seen there since; they are kept", count)
	}
	n.health.set(rowsPart, err)
}

// Missed returns what this node found instead of rows that others announced, the newest last.
func (n *Node) Missed() []writing.Finding { return n.writing.Findings() }
