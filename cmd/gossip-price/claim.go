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

// proof claims that a quorum stands behind a price.
type proof struct{ row consensus.Row }

func readProof(line []byte) (claim, error) {
	var p proof
	err := json.Unmarshal(line, &p.row)
	return p, err
}

func (p proof) id() signing.Digest { return p.row.ID }

func (p proof) network() string { return p.row.Network }

func (p proof) verify(roster tenures, quorum int) error {
	return p.row.Verify(roster.at(p.row.RoundTime), quorum)
}

func (p proof) String() string {
	return fmt.Sprintf("%s %s  %s  signed by %d", p.row.Pair, p.row.Price, p.row.RoundTime.Format(timeFormat), len(p.row.SignData))
}

// fault claims that one proposer signed two prices for a round.
type fault struct{ evidence consensus.Evidence }

func readFault(line []byte) (claim, error) {
	var f fault
	err := json.Unmarshal(line, &f.evidence)
	return f, err
}

// id returns that of the first of the two prices.
func (f fault) id() signing.Digest {
	return f.evidence.First.Observation.Digest(signing.NewDomain(f.network()))
}

func (f fault) network() string { return f.evidence.First.Network }

func (f fault) verify(roster tenures, _ int) error {
	return f.evidence.Verify(roster.at(f.evidence.First.Observation.Round.Start()))
}

func (f fault) String() string {
	a, b := f.evidence.First.Observation, f.evidence.Second.Observation
	return fmt.Sprintf("%s signed %s %s and %s  %s", a.Proposer, a.Pair, a.Price, b.Price, a.Round.Start().Format(timeFormat))
}
