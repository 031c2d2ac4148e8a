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
	done  chan struct{} // closed when enough peers have answered
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

// recallAll asks peers, as they come, until enough have answered or recallTime is over since the first one came. It
// returns false when ctx ended.
func (n *Node) recallAll(ctx context.Context) bool {
	defer n.recall.end()
	asked, answers, deadline := make(map[peer.ID]bool), 0, time.Time{}
	for {
		select {
		case <-n.recall.done:
			return true
		default:
		}
		if answers >= n.witnesses() {
			return true
		}
		members := slices.DeleteFunc(n.topic.PeerIDs(), func(id peer.ID) bool { return asked[id] })
		if len(members) > 0 && deadline.IsZero() {
			deadline = time.Now().Add(recallTime)
		}
		answers += n.recallFrom(ctx, members[:min(len(members), maxRecalls)], asked)
		if !deadline.IsZero() && !time.Now().Before(deadline) {
			n.log.Warn("few peers could say what this node signed before its journal was made; it signs now",
				"answers", answers, "wanted", n.witnesses())
			return true
		}
		if !global.Wait(ctx, peerPoll) {
			return false
		}
	}
}

// recallFrom asks peers, all at once, and brings to the journal what they know of this node's signatures. It returns how
// many answered.
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
	for _, r := range n.engine.Own(n.now()) {
		n.remember(ctx, r)
	}
	return answers
}

// remember brings a signature of this node's to the journal that others had kept.
func (n *Node) remember(ctx context.Context, r consensus.Report) {
	o := r.Observation
	id := o.Digest(n.domain)
	var err error
	if o.Proposer == n.key.Address() {
		_, err = n.journal.Propose(ctx, o.Pair, o.Round, r.Alone().Encode())
	} else {
		err = n.journal.Cosign(ctx, o.Proposer, o.Pair, o.Round, id)
	}
	if ctx.Err() != nil {
		return // the node stops, and the next start asks again
	}
	if err != nil {
		n.log.Error("keep a signature that others knew of", "id", id.Short(), "err", err)
		return
	}
	n.log.Info("others know of a signature that the journal lacks: it counts", "id", id.Short(), "round", uint64(o.Round))
}
