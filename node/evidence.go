package node

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/gossip"
)

// maxFindings bounds the evidence that waits for the decide loop. There is one piece a proposer, pair and round, so more
// means that hundreds of proposers lie at once, or that the journal has not been written to for long.
const maxFindings = 4096

// finding is new evidence; own if this node put it together and is to tell the others.
type finding struct {
	consensus.Evidence
	own bool
}

// findings hold evidence between the validators, which do no I/O, and the decide loop.
type findings struct {
	mu   sync.Mutex // guards list
	list []finding  // at most maxFindings
}

// add tells whether there was room.
func (f *findings) add(found ...finding) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	room := min(len(found), maxFindings-len(f.list))
	f.list = append(f.list, found[:room]...)
	return room == len(found)
}

func (f *findings) take() []finding {
	f.mu.Lock()
	defer f.mu.Unlock()
	list := f.list
	f.list = nil
	return list
}

// found hands evidence to the decide loop.
func (n *Node) found(e consensus.Evidence, own bool) {
	if !n.findings.add(finding{e, own}) {
		n.log.Warn("evidence shed: too much of it waits", "proposer", e.Proposer(), "waiting", maxFindings)
	}
	nudge(n.wake)
}

// receiveEvidence is the validator of the evidence topic.
func (n *Node) receiveEvidence(_ context.Context, data []byte) gossip.Verdict {
	change := n.engine.ReceiveEvidence(data, n.now())
	n.meters.evidence[change.Outcome].Inc()
	if change.Evidence != nil {
		n.found(*change.Evidence, false)
	}
	return verdict(change.Outcome)
}

// keepEvidence brings new evidence to disk, and tells the other nodes of what was found here.
func (n *Node) keepEvidence(ctx context.Context) {
	list := n.findings.take()
	if len(list) == 0 {
		return
	}
	kept := make([]consensus.Evidence, len(list))
	for i, f := range list {
		kept[i] = f.Evidence
	}
	err := n.journal.KeepEvidence(ctx, kept)
	n.health.set(journalPart, err)
	if err != nil {
		n.log.Error("keep evidence; tried again", "count", len(list), "err", err)
		n.findings.add(list...)
		return
	}
	for _, f := range list {
		n.convicted(ctx, f)
	}
}

// evidenceAgain bounds the evidence that is sent again when peers have come: the newest.
const evidenceAgain = 16

// publishEvidenceAgain sends evidence of rounds that are not forgotten to peers that may have missed it, with other bytes
// than the first time (section 4). It is read from the journal, so what a crash kept from being published goes out too.
func (n *Node) publishEvidenceAgain(ctx context.Context, now time.Time) {
	list, err := n.Evidence(ctx, evidenceAgain)
	if err != nil {
		n.log.Warn("read evidence to send it again", "err", err)
	}
	for _, e := range list {
		if e.First.Network == n.cfg.Network && now.Before(e.First.Observation.Round.Start().Add(n.policy.HeldFor())) {
			n.publishEvidence(ctx, e, e.EncodeAgain(uint64(now.UnixNano())))
		}
	}
}

func (n *Node) publishEvidence(ctx context.Context, e consensus.Evidence, data []byte) {
	switch err := n.evidence.Publish(ctx, data); {
	case err == nil:
	case errors.Is(err, gossip.ErrNoPeers) || errors.Is(err, gossip.ErrClosed):
		n.log.Info("evidence published to 0 peers; sent again when one comes", "proposer", e.Proposer())
	default:
		n.log.Error("publish evidence", "proposer", e.Proposer(), "err", err)
	}
}

// convicted tells of a proposer that signed two prices for a round.
func (n *Node) convicted(ctx context.Context, f finding) {
	first, second := f.First.Observation, f.Second.Observation
	n.recent.Convict(f.Evidence)
	n.tell(Event{Step: Convicted, ID: first.Digest(n.domain), Observation: first, Second: second})
	if f.Proposer() == n.key.Address() {
		n.log.Error("this node's key signed two prices for one round, and the others refuse it now: " +
			"does a second node run with the key, or was the data folder lost?")
	}
	if f.own {
		n.publishEvidence(ctx, f.Evidence, f.Encode())
	}
}
