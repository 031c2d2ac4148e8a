package node

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/gossip"
)

const (
	// recallTime bounds the wait for what others know of this node's signatures, from when the first peer is there.
	recallTime = 5 * time.Second
	// maxRecalls bounds the peers that are asked for it at once.
	maxRecalls = 8
)

// recall makes a lost data folder harmless: a node whose journal is new may have signed before it lost the old one, in
// rounds that are not over, and asks its peers before it signs anything for those. Whoever has what it signed tells; where
// nobody has, nobody can prove a second signature either.
type recall struct {
	began time.Time     // by the node's clock
	done  chan struct{} // closed when it is on disk what was signed
	end   func()        // closes done, once
}

// newRecall returns a recall that is over if the journal is not new.
func newRecall(began time.Time, fresh bool) *recall {
	r := &recall{began: began, done: make(chan struct{})}
	r.end = sync.OnceFunc(func() { close(r.done) })
	if !fresh {
		r.end()
	}
	return r
}

// open tells whether something may have been signed that nobody has told of yet, if this node signs of it since the given
// instant: what it signs only later than its start it can't have signed before.
func (r *recall) open(since time.Time) bool {
	select {
	case <-r.done:
		return false
	default:
		return !since.After(r.began)
	}
}

// waitRecall waits until it is known what was signed for the round; false if it is over before.
func (n *Node) waitRecall(ctx context.Context, round consensus.Round) bool {
	if !n.recall.open(round.Start()) {
		return true
	}
	bounded, cancel := context.WithTimeout(ctx, round.Start().Add(n.policy.Interval).Sub(n.now()))
	defer cancel()
	select {
	case <-bounded.Done():
		return false
	case <-n.recall.done:
		return true
	}
}

// postponed tells whether a decision to sign waits for that, and has the engine make it again.
func (n *Node) postponed(d consensus.Decision) bool {
	wait := d.Refusal == "" && n.recall.open(d.Observation.Round.Start().Add(-n.policy.Skew))
	if wait {
		n.engine.Reconsider(d)
	}
	return wait
}

// witnesses is how many peers must answer: as many as it takes beside this node for a quorum, so that one of the quorum's
// others is among them if the half is there.
func (n *Node) witnesses() int {
	wanted := max(1, n.policy.Quorum-1)
	if !n.policy.Roster.Open() {
		wanted = min(wanted, n.policy.Roster.Size()-1)
	}
	return wanted
}

// recallAll asks peers, as they come, until enough have answered or recallTime is over since the first one came, and keeps what
// they know. It returns false when ctx ended: then nobody signs any more.
func (n *Node) recallAll(ctx context.Context) bool {
	asked, answers, deadline := make(map[peer.ID]bool), 0, time.Time{}
	for {
		select {
		case <-n.recall.done:
			return true
		default:
		}
		if answers >= n.witnesses() {
			return n.keepRecalled(ctx)
		}
		members := slices.DeleteFunc(n.topic.PeerIDs(), func(id peer.ID) bool { return asked[id] })
		if len(members) > 0 && deadline.IsZero() {
			deadline = time.Now().Add(recallTime)
		}
		answers += n.recallFrom(ctx, members[:min(len(members), maxRecalls)], asked)
		if !global.Wait(ctx, peerPoll) {
			return false
		}
		if !deadline.IsZero() && !time.Now().Before(deadline) && answers < n.witnesses() {
			n.log.Warn("few peers could say what this node signed before its journal was made; it waits no longer",
				"answers", answers, "wanted", n.witnesses())
			return n.keepRecalled(ctx)
		}
	}
}

// recallFrom asks peers, all at once, what they know of this node's signatures, and returns how many answered.
func (n *Node) recallFrom(ctx context.Context, peers []peer.ID, asked map[peer.ID]bool) (answers int) {
	ctx, cancel := context.WithTimeout(ctx, recallTime)
	defer cancel()
	results := make(chan error, len(peers))
	for _, id := range peers {
		asked[id] = true
		go func() { results <- n.learnLive(ctx, id) }()
	}
	for range peers {
		switch err := <-results; {
		case err == nil:
			answers++
		case !errors.Is(err, gossip.ErrNotServed):
			n.log.Debug("ask a peer what this node signed", "err", err)
		}
	}
	return answers
}

// keepRecalled brings to the journal what others know of this node's signatures, all at once: until then a restart asks again. From
// then on the node signs. It tries until the disk takes it, and returns false when ctx ended.
func (n *Node) keepRecalled(ctx context.Context) bool {
	for told := false; ; told = true {
		added, err := n.journal.Remember(ctx, n.key.Address(), n.engine.Own(n.now()))
		if ctx.Err() != nil {
			return false
		}
		if err == nil {
			for _, id := range added {
				n.log.Info("others know of a signature that the journal lacks: it counts", "id", id.Short())
			}
			n.recall.end()
			return true
		}
		if n.health.set(journalPart, err); !told {
			n.log.Error("keep what others know of this node's signatures; tried again, and until then nothing is signed that may have been", "err", err)
		}
		if !global.Wait(ctx, tickPeriod) {
			return false
		}
	}
}
