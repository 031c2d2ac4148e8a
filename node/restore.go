package node

import (
	"context"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/node/story"
)

// restoredPrices is how many certificates of earlier runs are in the book from the start.
const restoredPrices = 1024

// fill adds what the journal has of a round.
func (n *Node) fill(ctx context.Context, book *story.Book, round consensus.Round) error {
	certificates, unreadable, err := n.journal.Recorded(ctx, store.RecordedQuery{Round: round})
	n.warnUnreadable("archive", unreadable)
	if err != nil {
		return err
	}
	refusals, unreadable, err := n.journal.Refusals(ctx, store.RefusalQuery{Round: round})
	n.warnUnreadable("refusals", unreadable)
	if err != nil {
		return err
	}
	evidence, err := n.Evidence(ctx, store.MaxEvidence)
	if err != nil {
		return err
	}
	n.restore(book, certificates, refusals, evidence)
	return nil
}

// restoreBook brings the last prices of earlier runs to the book.
func (n *Node) restoreBook(ctx context.Context, evidence []consensus.Evidence) error {
	certificates, unreadable, err := n.journal.Recorded(ctx, store.RecordedQuery{Limit: restoredPrices})
	n.warnUnreadable("archive", unreadable)
	if err != nil {
		return err
	}
	refusals, unreadable, err := n.journal.Refusals(ctx, store.RefusalQuery{})
	n.warnUnreadable("refusals", unreadable)
	if err != nil {
		return err
	}
	n.restore(n.book, certificates, refusals, evidence)
	return nil
}

func (n *Node) restore(book *story.Book, certificates []store.Recorded, refusals []store.Refusal, evidence []consensus.Evidence) {
	for _, c := range certificates {
		book.Certificate(c.Certificate, c.Stored)
	}
	for _, r := range refusals {
		book.Refusal(story.Restored{
			Observation: r.Observation, ID: r.ID, Reason: r.Reason, Own: r.Own.Price, At: r.At,
		})
	}
	for _, e := range evidence {
		book.Conviction(e.First.Observation)
	}
}
