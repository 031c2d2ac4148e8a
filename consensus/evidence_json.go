package consensus

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/global/price"
)

// evidenceJSON is Evidence as people and other programs read it, with the words of a row.
type evidenceJSON struct {
	Network   string            `json:"network"`
	Pair      price.Pair        `json:"pair"`
	RoundTime Time              `json:"round_time"`
	Proposer  signing.Address   `json:"first_signer"`
	Prices    []signedPriceJSON `json:"prices"`
}

type signedPriceJSON struct {
	ID           signing.Digest    `json:"id"`
	Price        price.Price       `json:"price"`
	ObservedTime Time              `json:"observed_time"`
	Signature    signing.Signature `json:"signature"`
}

// MarshalJSON writes the evidence as one object: what both reports share, and `prices` with the two that were signed.
// Errors wrap global.ErrMalformed: two reports that are no evidence have no JSON.
func (e Evidence) MarshalJSON() ([]byte, error) {
	if err := e.check(); err != nil {
		return nil, fmt.Errorf("write evidence: %w", err)
	}
	o := e.First.Observation
	j := evidenceJSON{Network: e.First.Network, Pair: o.Pair, RoundTime: Time(o.Round.Start()), Proposer: o.Proposer}
	domain := signing.NewDomain(e.First.Network)
	for _, r := range []Report{e.First, e.Second} {
		j.Prices = append(j.Prices, signedPriceJSON{
			ID:           r.Observation.Digest(domain),
			Price:        r.Observation.Price,
			ObservedTime: Time(r.Observation.ObservedAt.Time()),
			Signature:    r.Attestations[0].Signature,
		})
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads what MarshalJSON writes, as strictly as DecodeEvidence, and checks that the ids are the digests of
// the content. It verifies no signature. Errors wrap global.ErrMalformed or global.ErrSignature.
func (e *Evidence) UnmarshalJSON(b []byte) error {
	var j evidenceJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return fmt.Errorf("read evidence: %w: %w", global.ErrMalformed, err)
	}
	if len(j.Prices) != 2 {
		return fmt.Errorf("read evidence: %w: %d prices, want 2", global.ErrMalformed, len(j.Prices))
	}
	var reports [2]Report
	for i, p := range j.Prices {
		row := Row{
			ID: p.ID, Network: j.Network, Pair: j.Pair, Price: p.Price, FirstSigner: j.Proposer,
			RoundTime: time.Time(j.RoundTime), ObservedTime: time.Time(p.ObservedTime),
		}
		o, err := row.Observation()
		if err == nil && o.Digest(signing.NewDomain(j.Network)) != p.ID {
			err = fmt.Errorf("%w: the id is not the digest of the content", global.ErrMalformed)
		}
		if err != nil {
			return fmt.Errorf("read evidence: price %d: %w", i+1, err)
		}
		reports[i] = Report{j.Network, o, []Attestation{{j.Proposer, p.Signature}}}
	}
	read, err := DecodeEvidence(Evidence{reports[0], reports[1]}.Encode())
	if err != nil {
		return fmt.Errorf("read evidence: %w", err)
	}
	*e = read
	return nil
}
