package node

import (
	"time"

	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/consensus/writing"
)

// announceParts is into how many parts a flush window is cut for a writer that is slow: after each it announces what it has
// written, so that the others, whose turns begin after a third of a window, learn it in time.
const announceParts = 24

// flushing is what the flush loop remembers of the store.
type flushing struct {
	failed  time.Time     // when the store last failed
	refused bool          // the last write failed: that the store can be read does not make it well
	pace    time.Duration // what the last statement took that wrote
}

// slow tells whether a statement takes so long that the others are to hear of each.
func (n *Node) slow() bool { return n.flushing.pace > n.cfg.FlushInterval/announceParts }

// batchSize returns how many certificates are written at once: while the store is slow as many as one statement takes.
func (n *Node) batchSize() int {
	if n.slow() {
		return store.StatementRows
	}
	return flushBatch
}

// patience returns for how long to leave the store to the members whose turn came before and who have not been heard yet: a
// statement of theirs may still be under way where statements are slow. It is at most a statement's time and half a stage.
func (n *Node) patience(tasks writing.Tasks) time.Duration {
	if !tasks.Quiet || !n.slow() || len(tasks.Read)+len(tasks.Write) == 0 {
		return 0
	}
	return min(n.flushing.pace, tasks.Until.Sub(n.now())/2)
}

// inTime tells whether another part of a task, which takes as long as the one before, ends within the stage.
func (n *Node) inTime(tasks writing.Tasks, took time.Duration) bool {
	return tasks.Until.IsZero() || n.now().Add(took+n.cfg.FlushInterval/announceParts).Before(tasks.Until)
}
