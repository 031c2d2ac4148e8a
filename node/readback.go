package node

import (
	"context"
	"fmt"
	"slices"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/consensus/writing"
)

// readBack reads back the rows that others announced, tells what it found, and returns what is to be written.
func (n *Node) readBack(ctx context.Context, tasks writing.Tasks) (write []signing.Digest, err error) {
	if len(tasks.Read) == 0 {
		return tasks.Write, nil
	}
	found := make(map[signing.Digest]bool, len(tasks.Read))
	for batch := range slices.Chunk(tasks.Read, store.MaxReadIDs) {
		n.meters.statements[readStatement].Inc()
		err := n.prices.Read(ctx, batch, func(row consensus.Row) error {
			found[row.ID] = n.writing.Sound(row) == nil
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	read := n.writing.Read(tasks, found, n.now())
	for _, f := range read.Findings {
		n.tellFinding(f)
	}
	if read.Audit != nil {
		n.publishAudit(ctx, *read.Audit)
	}
	return read.Write, nil
}

// tellFinding names who announced a row that is not there, and who told that it is.
func (n *Node) tellFinding(f writing.Finding) {
	n.meters.findings[f.Kind].Inc()
	what := "announced but not in the price store: its writer lied, or the store lost it; it is written again"
	if f.Kind == writing.False {
		what = "announced but another content is in the price store under its id: delete that row, and it is written"
	}
	n.log.Error("price "+what, "id", f.Announcement.ID, "writer", f.Announcement.Writer, "auditors", f.Auditors,
		"window", f.Announcement.Window, "signature", f.Announcement.Signature)
}

// tellLost notes how many certificates of the outbox this node missed in the store.
func (n *Node) tellLost(count int) {
	if _, before := n.health.heard("rows"); count > 0 && before == nil {
		n.log.Error("prices that were written are missing or false in the price store; they are kept and written again", "count", count)
	}
	var err error
	if count > 0 {
		err = fmt.Errorf("%d prices that were written are missing or false in the price store, and were not seen there since; they are kept", count)
	}
	n.health.set("rows", err)
}

// Missed returns what this node found instead of rows that others announced, the newest last.
func (n *Node) Missed() []writing.Finding { return n.writing.Findings() }
