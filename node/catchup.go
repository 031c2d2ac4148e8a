package node

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/gossip-price/gossip-price/consensus/archive"
	"github.com/gossip-price/gossip-price/gossip"
)

const (
	// catchUpPeriod is how often a node compares with one peer although nothing has happened.
	catchUpPeriod = time.Minute
	// catchUpPeers is with how many of the peers that came together it compares: two, for one may lie.
	catchUpPeers = 2
	// catchUpTime bounds one comparison and all that is fetched; what was fetched by then is kept.
	catchUpTime = 10 * time.Minute
	// catchUpGap is the shortest time between two comparisons with one peer.
	catchUpGap = 5 * time.Second
	// firstPause is for how long a peer is left alone of which nothing came although it differed, or that failed: each time
	// twice as long, up to longestPause.
	firstPause   = 2 * time.Second
	longestPause = 15 * time.Minute
	// maxNudges bounds the peers that wait to be compared with.
	maxNudges = 64
)

// acquaintance is what the catch-up loop knows of a peer.
type acquaintance struct {
	next  time.Time     // not to be asked before
	pause time.Duration // after which, the last time that it was of no use; 0: it was
}

// catchUp is the state of the catch-up loop.
type catchUp struct {
	met    map[peer.ID]acquaintance // peers of the topic, and those gone that are to be left alone
	fresh  []peer.ID                // that came and were not compared with
	wanted int                      // comparisons with them, at most catchUpPeers
	next   time.Time                // the next comparison without an occasion
}

// catchUpLoop finds out from others what this node has missed, one comparison at a time.
func (n *Node) catchUpLoop(ctx context.Context) error {
	c := &catchUp{met: make(map[peer.ID]acquaintance), next: time.Now().Add(catchUpPeriod)}
	if !n.recallAll(ctx) {
		return nil
	}
	for {
		var asked peer.ID
		select {
		case <-ctx.Done():
			return nil
		case asked = <-n.nudged:
		case <-n.meet:
		}
		c.meet(n.topic.PeerIDs(), time.Now())
		for _, v := range c.choose(asked, time.Now()) {
			useful := n.catchUpWith(ctx, v)
			c.note(v.ID, useful, time.Now())
		}
	}
}

// nudgeSync has this node compare with a peer soon. It never blocks.
func (n *Node) nudgeSync(id peer.ID) {
	select {
	case n.nudged <- id:
	default: // enough to do
	}
}

// meet takes in who is on the topic now.
func (c *catchUp) meet(members []peer.ID, now time.Time) {
	present := make(map[peer.ID]bool, len(members))
	for _, id := range members {
		present[id] = true
		if _, known := c.met[id]; !known {
			c.met[id] = acquaintance{}
			c.fresh, c.wanted = append(c.fresh, id), catchUpPeers
		}
	}
	for id, a := range c.met {
		if !present[id] && now.After(a.next) {
			delete(c.met, id)
		}
	}
	fresh := c.fresh[:0]
	for _, id := range c.fresh {
		if present[id] {
			fresh = append(fresh, id)
		}
	}
	c.fresh = fresh
}

// visit is a peer to compare with.
type visit struct {
	peer.ID
	live bool // it has come: ask it for live reports too
}

// choose returns the peers to compare with now: the one that is asked for, of those that came some at random, and now and
// then anyone.
func (c *catchUp) choose(asked peer.ID, now time.Time) (chosen []visit) {
	ready := func(id peer.ID) bool { a, met := c.met[id]; return met && !now.Before(a.next) }
	if ready(asked) {
		chosen = append(chosen, visit{asked, false})
	}
	if c.wanted > 0 && len(c.fresh) > 0 {
		i := rand.IntN(len(c.fresh))
		id := c.fresh[i]
		c.fresh = append(c.fresh[:i], c.fresh[i+1:]...)
		if ready(id) && id != asked {
			chosen = append(chosen, visit{id, true})
		}
	}
	if now.Before(c.next) {
		return chosen
	}
	c.next = now.Add(catchUpPeriod)
	for id := range c.met { // in no order
		if ready(id) && id != asked {
			return append(chosen, visit{id, false})
		}
	}
	return chosen
}

// note takes down how a comparison went.
func (c *catchUp) note(id peer.ID, useful bool, now time.Time) {
	a := c.met[id]
	if useful {
		if c.wanted = max(0, c.wanted-1); c.wanted == 0 {
			c.fresh = nil // the next ones come from elsewhere, perhaps
		}
		c.met[id] = acquaintance{next: now.Add(catchUpGap)}
		return
	}
	a.pause = min(max(firstPause, 2*a.pause), longestPause)
	a.next = now.Add(a.pause)
	c.met[id] = a
}

// catchUpWith gets from a peer what this node lacks, and tells whether that went well: not if the peer failed, or if it
// has other certificates and nothing came of it.
//
// Only a peer that has come is asked for live reports, as if it sent its own again: otherwise what a clock that is ahead has
// proposed too soon, and nobody took, would come in when its time has come.
func (n *Node) catchUpWith(ctx context.Context, v visit) (useful bool) {
	ctx, cancel := context.WithTimeout(ctx, catchUpTime)
	defer cancel()
	f := &fetching{node: n, from: v.ID, began: time.Now(), told: time.Now()}
	var err error
	if v.live {
		err = n.learnLive(ctx, v.ID)
	}
	if err == nil {
		err = f.run(ctx)
	}
	switch {
	case err == nil:
		f.finish()
		return f.result.Missing == 0 || f.adopted > 0
	case errors.Is(err, gossip.ErrNotServed):
		n.log.Debug("peer can't be asked for what was missed", "peer", v.ID, "err", err)
	case ctx.Err() == nil:
		n.meters.syncs[syncFailed].Inc()
		n.log.Info("catch up with a peer; tried again later", "peer", v.ID, "fetched", f.adopted, "err", err)
	}
	return false
}

// ask sends a request to a peer. One that answers what is no response is to blame.
func (n *Node) ask(ctx context.Context, id peer.ID, r archive.Request) (archive.Response, error) {
	r.Interval = uint64(n.policy.Interval / time.Second)
	answer, err := n.network.Ask(ctx, id, n.syncProtocol(), r.Encode())
	if err != nil {
		return archive.Response{}, err
	}
	response, err := archive.DecodeResponse(answer)
	if err != nil {
		n.network.Blame(id)
	}
	return response, err
}
