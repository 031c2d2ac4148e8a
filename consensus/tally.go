package consensus

import (
	"slices"
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

// tally is what is known about one observation: a map of signers to their first verified signature, in the order in
// which they came. Merging is a union, so the order, repetition and crossing of messages do not matter.
type tally struct {
	observation  Observation
	id           signing.Digest
	signers      map[signing.Address]signing.Signature // at most Policy.maxSigners
	attestations []Attestation                         // of the signers, in order of arrival
	certified    int                                   // how many of the attestations the certificate includes; 0 before quorum
	saved        int                                   // how many of them the journal has
	quorumAt     time.Time
	lastSigned   time.Time // when the last certified attestation came, whole milliseconds, UTC

	// strangers are verified signatures of signers outside the roster: they count for nothing, but are not recovered
	// twice. At most as many as the roster has members.
	strangers map[signing.Address]signing.Signature

	stages  stages
	ranking ranking
	own     price.Quote // the own price to judge by: the first one close enough to the observation; zero if there is none
}

func newTally(o Observation, id signing.Digest) *tally {
	return &tally{
		observation: o, id: id, signers: make(map[signing.Address]signing.Signature), ranking: ranking{own: noRank},
	}
}

func (t *tally) knows(a signing.Address) bool {
	_, ok := t.signers[a]
	return ok
}

// verified tells whether this very signature was verified before.
func (t *tally) verified(a Attestation) bool {
	signature, known := t.signers[a.Signer]
	if !known {
		signature, known = t.strangers[a.Signer]
	}
	return known && signature == a.Signature
}

// remember keeps verified signatures of strangers, the first of each, as far as there is room.
func (t *tally) remember(strangers []Attestation, room int) {
	for _, a := range strangers {
		if _, known := t.strangers[a.Signer]; known || len(t.strangers) >= room {
			continue
		}
		if t.strangers == nil {
			t.strangers = make(map[signing.Address]signing.Signature)
		}
		t.strangers[a.Signer] = a.Signature
	}
}

// add takes verified attestations of unknown signers and keeps the certificate: complete at quorum, growing while an
// attestation comes before it is due and within two settle periods of quorum (section 3.6). It tells whether quorum was
// reached just now.
func (t *tally) add(attestations []Attestation, p *Policy, now time.Time) (reached bool) {
	now = now.UTC().Truncate(time.Millisecond)
	for _, a := range attestations {
		t.signers[a.Signer] = a.Signature
		t.attestations = append(t.attestations, a)
	}
	switch {
	case t.complete():
		if !now.Before(t.lastSigned.Add(p.Settle)) || now.After(t.quorumAt.Add(2*p.Settle)) {
			return false
		}
	case len(t.attestations) < p.Quorum:
		return false
	default:
		reached, t.quorumAt = true, now
	}
	t.certified, t.lastSigned = len(t.attestations), now
	return reached
}

func (t *tally) complete() bool { return t.certified > 0 }

// report returns everything that is known about the observation, as it travels.
func (t *tally) report(network string) Report {
	return t.reportOf(network, t.attestations)
}

func (t *tally) reportOf(network string, attestations []Attestation) Report {
	attestations = slices.Clone(attestations)
	sortAttestations(attestations, t.observation.Proposer)
	return Report{network, t.observation, attestations}
}

func (t *tally) certificate(network string) Certificate {
	return Certificate{
		ID:         t.id,
		Report:     t.reportOf(network, t.attestations[:t.certified]),
		LastSigned: t.lastSigned,
	}
}
