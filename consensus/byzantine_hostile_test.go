package consensus_test

import (
	"slices"
	"strings"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// strategy is one thing that hostile members do, a little of it at a time.
type strategy struct {
	name string
	act  func(*byzantine)
}

func (s strategy) String() string { return s.name }

func allStrategies() []strategy {
	return []strategy{
		{"propose", func(b *byzantine) { b.attack(b.gathered(b.invent(b.villain())).Encode(), false) }},
		{"equivocate", (*byzantine).equivocate},
		{"co-sign everything", (*byzantine).cosignAll},
		{"send partial sets", func(b *byzantine) { b.onSome(func(r consensus.Report) []byte { return r.Encode() }) }},
		{"mutate", (*byzantine).mutate},
		{"replay", func(b *byzantine) { b.onPast(func(m message) { b.attack(m.data, m.evidence) }) }},
		{"send to the other topic", func(b *byzantine) { b.onPast(func(m message) { b.attack(m.data, !m.evidence) }) }},
		{"forge a proposal", (*byzantine).forgeProposal},
		{"forge a co-signature", (*byzantine).forgeCosignature},
		{"sign again", (*byzantine).signAgain},
		{"bring strangers", (*byzantine).bringStrangers},
		{"junk evidence", (*byzantine).junkEvidence},
		{"accuse each other", (*byzantine).accuse},
	}
}

// villain returns a hostile member, or a stranger if all members are honest.
func (b *byzantine) villain() int {
	if b.hostile == 0 {
		return len(b.nodes) + b.random.IntN(strangers)
	}
	return len(b.nodes) + b.random.IntN(b.hostile)
}

// attack sends a message to some of the honest nodes.
func (b *byzantine) attack(data []byte, evidence bool) {
	b.past = append(b.past, message{data: data, evidence: evidence})
	some := []int{1, (len(b.nodes) + 1) / 2, len(b.nodes)}[b.random.IntN(3)]
	for _, to := range b.random.Perm(len(b.nodes))[:some] {
		b.underWay = append(b.underWay, message{to: to, data: data, evidence: evidence})
	}
}

// invent returns an observation in somebody's name at a price that is plausible, at the border, just beyond or absurd.
func (b *byzantine) invent(proposer int) consensus.Observation {
	r := consensus.RoundAt(b.now, interval)
	honest := b.prices[r]
	if len(honest) == 0 {
		honest = []int64{3_000_000_000}
	}
	low, high := slices.Min(honest), slices.Max(honest)
	deviation := int64(b.w.policy.MaxDeviation)
	invented := []int64{
		low, high, low + (high-low)/2, high * (1_000_000 + deviation) / 1_000_000, high*(1_000_000+deviation)/1_000_000 + 1,
		(low*(1_000_000-deviation) + 999_999) / 1_000_000, low*(1_000_000-deviation)/1_000_000 - 1, 2 * high, 1,
	}
	return consensus.Observation{
		Pair: pair, Price: millionths(b.t, invented[b.random.IntN(len(invented))]), Round: r,
		ObservedAt: consensus.MillisOf(b.now) - consensus.Millis(b.random.IntN(3000)), Proposer: b.w.keys[proposer].Address(),
	}
}

// gathered returns a report with the proposer's attestation, if it is known or a villain's, and some that are known.
func (b *byzantine) gathered(o consensus.Observation) consensus.Report {
	for i := len(b.nodes); i < len(b.nodes)+b.hostile || b.hostile == 0 && i < len(b.w.keys); i++ {
		if b.w.keys[i].Address() == o.Proposer {
			b.attest(o, i)
		}
	}
	r := consensus.Report{Network: network, Observation: o}
	for _, k := range b.w.keys {
		if a, known := b.pool[o][k.Address()]; known && (k.Address() == o.Proposer || b.random.IntN(2) == 0) {
			r.Attestations = append(r.Attestations, a)
		}
	}
	return inOrder(r)
}

func (b *byzantine) equivocate() {
	villain := b.villain()
	for range 2 {
		o := b.invent(villain)
		b.attack(b.gathered(o).Encode(), false)
	}
}

// onSome does something with a report of what is known of an observation.
func (b *byzantine) onSome(change func(consensus.Report) []byte) {
	if len(b.order) > 0 {
		b.attack(change(b.gathered(b.order[b.random.IntN(len(b.order))])), false)
	}
}

func (b *byzantine) onPast(change func(message)) {
	if len(b.past) > 0 {
		change(b.past[b.random.IntN(len(b.past))])
	}
}

func (b *byzantine) cosignAll() {
	for _, o := range b.order {
		for i := range b.hostile {
			b.attest(o, len(b.nodes)+i)
		}
	}
	b.onSome(func(r consensus.Report) []byte { return r.Encode() })
}

func (b *byzantine) mutate() {
	b.onPast(func(m message) {
		changed := slices.Clone(m.data)
		if len(changed) > 0 {
			changed[b.random.IntN(len(changed))] ^= byte(1 << b.random.IntN(8))
		}
		b.attack(changed, m.evidence)
	})
}

// forgeProposal puts a villain's signature under a proposal in an honest node's name.
func (b *byzantine) forgeProposal() {
	o := b.invent(b.random.IntN(len(b.nodes)))
	a := b.w.attest(o, b.villain())
	a.Signer = o.Proposer
	b.attack(consensus.Report{Network: network, Observation: o, Attestations: []consensus.Attestation{a}}.Encode(), false)
}

// forgeCosignature adds one in an honest node's name to a real report.
func (b *byzantine) forgeCosignature() {
	b.onSome(func(r consensus.Report) []byte {
		victim := b.w.keys[b.random.IntN(len(b.nodes))].Address()
		return b.with(r, consensus.Attestation{Signer: victim, Signature: b.w.attest(r.Observation, b.villain()).Signature})
	})
}

// signAgain adds a second valid signature of a villain for one digest.
func (b *byzantine) signAgain() {
	b.onSome(func(r consensus.Report) []byte {
		k := b.w.keys[b.villain()]
		signature := anotherSignature(b.t, k, r.Observation.Digest(b.w.domain))
		return b.with(r, consensus.Attestation{Signer: k.Address(), Signature: signature})
	})
}

func (b *byzantine) bringStrangers() {
	b.onSome(func(r consensus.Report) []byte {
		stranger := len(b.w.keys) - 1 - b.random.IntN(strangers)
		a := b.w.attest(r.Observation, stranger)
		if b.random.IntN(3) == 0 {
			a = damaged(a)
		}
		return b.with(r, a)
	})
}

// with puts an attestation in the place of the signer's.
func (b *byzantine) with(r consensus.Report, a consensus.Attestation) []byte {
	r.Attestations = slices.DeleteFunc(r.Attestations, func(o consensus.Attestation) bool { return o.Signer == a.Signer })
	r.Attestations = append(r.Attestations, a)
	return inOrder(r).Encode()
}

// junkEvidence accuses an honest node by what there is: its own report, and one that is forged, or of another proposer,
// or the same.
func (b *byzantine) junkEvidence() {
	b.onSome(func(r consensus.Report) []byte {
		other := r
		switch b.random.IntN(3) {
		case 0:
			other.Observation.Price = millionths(b.t, 1+b.random.Int64N(9_000_000_000))
		case 1:
			other.Observation = b.invent(b.villain())
			other.Attestations = []consensus.Attestation{{Signer: other.Observation.Proposer, Signature: signing.Signature{64: 27}}}
		}
		b.attack(consensus.NewEvidence(r, other).Encode(), true)
		return []byte(strings.Repeat("junk", b.random.IntN(50)))
	})
}

// accuse signs two observations and sends the proof itself.
func (b *byzantine) accuse() {
	villain := b.villain()
	one, two := b.gathered(b.invent(villain)), b.gathered(b.invent(villain))
	b.attack(consensus.NewEvidence(one, two).Encode(), true)
}
