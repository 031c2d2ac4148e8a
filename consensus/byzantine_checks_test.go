package consensus_test

import (
	"slices"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// deliver gives a message to an honest node, which passes it on if it accepts it, and checks what it makes of it.
func (b *byzantine) deliver(m message) {
	node := b.nodes[m.to]
	receive := node.engine.Receive
	if m.evidence {
		receive = node.engine.ReceiveEvidence
	}
	c := receive(m.data, b.now.Add(node.ahead))
	switch {
	case !slices.Contains(consensus.Outcomes(), c.Outcome):
		b.t.Fatalf("outcome %q", c.Outcome)
	case m.honest && c.Outcome.AtFault():
		b.t.Fatalf("node %d blames an honest one: %s", m.to, c.Outcome)
	case c.Outcome.AtFault():
		b.seen.blamed++
	}
	if c.Evidence != nil {
		b.convicted(node, *c.Evidence)
		b.send(m.to, c.Evidence.Encode(), true, len(b.nodes))
	}
	if !m.evidence {
		b.checkSecond(node, m.data, c)
		if c.Outcome == consensus.Accepted {
			b.send(m.to, m.data, false, 4)
		}
	}
	b.cosign(m.to)
}

// convicted notes a conviction: never of an honest node, once a place.
func (b *byzantine) convicted(node *honestNode, v consensus.Evidence) {
	for i := range b.nodes {
		if b.w.keys[i].Address() == v.Proposer() {
			b.t.Fatalf("honest node %d is convicted: %+v", i, v)
		}
	}
	at := whereOf(v.First.Observation)
	if _, twice := node.convicted[at]; twice {
		b.t.Fatalf("convicted twice: %+v", at)
	}
	node.convicted[at] = v
	b.seen.convictions++
}

// checkSecond: a second observation with its proposer's signature convicts where the first one is held.
func (b *byzantine) checkSecond(node *honestNode, data []byte, c consensus.Change) {
	r, err := consensus.DecodeReport(data)
	if err != nil || r.Network != network {
		return
	}
	at := whereOf(r.Observation)
	held, ok := node.held[at]
	if !ok && c.Outcome == consensus.Accepted {
		node.held[at] = r.Observation
	}
	if _, known := node.convicted[at]; !ok || held == r.Observation || known {
		return
	}
	if signing.Verify(r.Observation.Digest(b.w.domain), r.Observation.Proposer, r.Attestations[0].Signature) == nil {
		b.t.Fatalf("two observations of %+v reached a node and it convicts nobody: %+v", at, c)
	}
}

// cosign does what a node's engine decides, and checks that it may.
func (b *byzantine) cosign(i int) {
	node := b.nodes[i]
	decisions, _, _ := node.engine.Decide(b.now.Add(node.ahead))
	for _, d := range decisions {
		at := whereOf(d.Observation)
		_, convicted := node.convicted[at]
		switch {
		case d.Refusal == consensus.RefusedBanned:
			b.seen.banned++
			continue
		case d.Refusal != "":
			b.seen.refused++
			continue
		case convicted || node.banned(d.Observation.Proposer):
			b.t.Fatalf("node %d signs for a convicted proposer: %+v", i, d)
		case !d.Observation.Price.Within(d.Own.Price, b.w.policy.MaxDeviation):
			b.t.Fatalf("node %d signs %+v", i, d)
		}
		if other, twice := node.signed[at]; twice {
			b.t.Fatalf("node %d signs %s after %s", i, d.ID, other)
		}
		node.signed[at] = d.ID
		b.seen.cosigned++
		own := []consensus.Attestation{b.attest(d.Observation, i)}
		b.admit(i, consensus.Report{Network: network, Observation: d.Observation, Attestations: own})
	}
}

// banned tells whether a node knows of convictions in two rounds. No run takes a day.
func (n *honestNode) banned(proposer signing.Address) bool {
	rounds := make(map[consensus.Round]bool)
	for at := range n.convicted {
		if at.proposer == proposer {
			rounds[at.round] = true
		}
	}
	return len(rounds) >= 2
}

// reconcile has every honest node tell the others all that it holds, and loses nothing.
func (b *byzantine) reconcile() {
	b.loss, b.slow = 0, 0
	b.underWay, b.delayed = append(b.underWay, b.delayed...), nil
	for i, node := range b.nodes {
		for _, o := range b.order {
			if r := known(node.engine, o, b.now); len(r.Attestations) > 0 {
				b.send(i, r.Encode(), false, 4)
			}
		}
		for _, v := range node.convicted {
			b.send(i, v.Encode(), true, len(b.nodes))
		}
	}
	for len(b.underWay) > 0 {
		b.deliverOne()
	}
}

// checkConvictions: after that, what one honest node could prove all of them know.
func (b *byzantine) checkConvictions() {
	for i, node := range b.nodes {
		for at, v := range node.convicted {
			for j, other := range b.nodes {
				if _, ok := other.convicted[at]; !ok {
					b.t.Fatalf("node %d has convicted %+v, node %d has not", i, at, j)
				}
				if c := other.engine.ReceiveEvidence(v.Encode(), b.now); c.Outcome != consensus.Duplicate {
					b.t.Fatalf("node %d knows %+v, but: %+v", j, at, c)
				}
			}
		}
	}
}

// checkCertificates checks those that the honest nodes hold, and whatever else anybody could put together from all
// signatures that there are.
func (b *byzantine) checkCertificates() {
	n := len(b.nodes) + b.hostile
	unique := b.w.policy.Quorum >= 2*n/3+1 && 3*b.hostile < n
	possible := make(map[where]consensus.Observation)
	for o, attestations := range b.pool {
		signers := b.hostile
		for i := range b.nodes {
			if _, signed := attestations[b.w.keys[i].Address()]; signed {
				signers++
			}
		}
		if signers < b.w.policy.Quorum {
			continue
		}
		b.checkPrice(o)
		if other, two := possible[whereOf(o)]; two && unique {
			b.t.Fatalf("two certificates: %+v and %+v", o, other)
		}
		possible[whereOf(o)] = o
	}
	verified := make(map[string]bool)
	for _, node := range b.nodes {
		for _, c := range node.engine.Unsaved() {
			if key := string(c.Encode()); !verified[key] {
				verified[key] = true
				if err := c.Row().Verify(b.w.policy.Roster.Contains, b.w.policy.Quorum); err != nil {
					b.t.Fatalf("%+v: %v", c, err)
				}
			}
			if _, ok := possible[whereOf(c.Observation)]; !ok {
				b.t.Fatalf("nobody can have signed %+v", c)
			}
			b.seen.certificates++
		}
	}
}
