package main

import (
	"encoding/json"
	"fmt"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// claim is what a line of verify's input says, and how to see whether it is true. Its String is what is known then.
type claim interface {
	fmt.Stringer
	id() signing.Digest
	network() string
	verify(roster tenures, quorum int) error
}

// priceClaim claims that a quorum stands behind a price.
type priceClaim struct{ row consensus.Row }

func readPrice(line []byte) (claim, error) {
	var p priceClaim
	err := json.Unmarshal(line, &p.row)
	return p, err
}

func (p priceClaim) id() signing.Digest { return p.row.ID }

func (p priceClaim) network() string { return p.row.Network }

func (p priceClaim) verify(roster tenures, quorum int) error {
	return p.row.Verify(roster.at(p.row.RoundTime), quorum)
}

func (p priceClaim) String() string {
	return fmt.Sprintf("%s %s  %s  signed by %d", p.row.Pair, p.row.Price, p.row.RoundTime.Format(timeFormat), len(p.row.SignData))
}

// evidenceClaim claims that one proposer signed two prices for a round.
type evidenceClaim struct{ evidence consensus.Evidence }

func readEvidence(line []byte) (claim, error) {
	var e evidenceClaim
	err := json.Unmarshal(line, &e.evidence)
	return e, err
}

// id returns that of the first of the two prices.
func (e evidenceClaim) id() signing.Digest {
	return e.evidence.First.Observation.Digest(signing.NewDomain(e.network()))
}

func (e evidenceClaim) network() string { return e.evidence.First.Network }

func (e evidenceClaim) verify(roster tenures, _ int) error {
	return e.evidence.Verify(roster.at(e.evidence.First.Observation.Round.Start()))
}

func (e evidenceClaim) String() string {
	a, b := e.evidence.First.Observation, e.evidence.Second.Observation
	return fmt.Sprintf("%s signed %s %s and %s  %s", a.Proposer, a.Pair, a.Price, b.Price, a.Round.Start().Format(timeFormat))
}
