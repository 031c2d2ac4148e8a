package node

import (
	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/gossip"
)

// topics returns those of the reports, of the evidence and of the heartbeats.
func (n *Node) topics() (reports, evidence, heartbeats gossip.TopicConfig) {
	reports = gossip.TopicConfig{
		Name: global.PricesTopic(n.cfg.Network), MaxBytes: global.MaxReportBytes,
		Validate: n.receive, Cadence: reportCadence(&n.policy),
	}
	evidence = gossip.TopicConfig{
		Name: global.EvidenceTopic(n.cfg.Network), MaxBytes: global.MaxEvidenceBytes,
		Validate: n.receiveEvidence, Cadence: evidenceCadence(&n.policy),
	}
	heartbeats = gossip.TopicConfig{
		Name: global.HeartbeatsTopic(n.cfg.Network), MaxBytes: global.MaxHeartbeatBytes,
		Validate: n.receiveHeartbeat, Cadence: heartbeatCadence(&n.policy),
	}
	return reports, evidence, heartbeats
}

// reportCadence is the most that a network of this policy has to report. A report is passed on when it brings an
// attestation that was not known: at most once for each pair, round, proposer and signer, whoever proposes and signs.
// Old reports are taken until their round is forgotten (docs/protocol.md, section 3.4), so hostile signers can have all
// of those rounds passed on at once. Sent again are the reports of the rounds that are not over, by the clock that is
// furthest behind.
func reportCadence(p *consensus.Policy) gossip.Cadence {
	c := evidenceCadence(p)
	c.Messages *= signers(p)
	current := int((p.Interval+2*p.Skew)/p.Interval) + 1
	c.Again = current * len(p.Pairs) * signers(p)
	return c
}

// evidenceCadence is the most evidence that there can be: a piece for each pair, round and proposer.
func evidenceCadence(p *consensus.Policy) gossip.Cadence {
	held := p.HeldFor() + 2*p.Skew
	rounds := int(held/p.Interval) + 1
	return gossip.Cadence{Messages: rounds * len(p.Pairs) * signers(p), Every: held, Again: evidenceAgain}
}

// heartbeatCadence is how many heartbeats are taken of all members together. What a signer says too often nobody passes on.
func heartbeatCadence(p *consensus.Policy) gossip.Cadence {
	return gossip.Cadence{Messages: p.BeatsTaken(), Every: p.BeatInterval()}
}

// signers is how many attestations of a price, and how many proposers of a round, count at most.
func signers(p *consensus.Policy) int {
	if p.Roster.Open() {
		return global.MaxOpenProposers
	}
	return p.Roster.Size()
}
