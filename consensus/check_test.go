package consensus_test

import (
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// recoveries counts how often each signature is recovered.
type recoveries struct {
	mu     sync.Mutex
	counts map[recovery]int
}

type recovery struct {
	id     signing.Digest
	signer signing.Address
	signing.Signature
}

// recount counts the recoveries of an engine from now on.
func recount(e *consensus.Engine) *recoveries {
	c := &recoveries{counts: make(map[recovery]int)}
	e.VerifyBy(func(id signing.Digest, signer signing.Address, s signing.Signature) error {
		c.mu.Lock()
		c.counts[recovery{id, signer, s}]++
		c.mu.Unlock()
		return signing.Verify(id, signer, s)
	})
	return c
}

// TestRecoveredOnce brings an engine, by several goroutines at once, reports and evidence that share their signatures: good
// ones and bad ones, second ones of a signer, and those of strangers. Each signature is recovered once, and all that a
// good report brings is known in the end.
func TestRecoveredOnce(t *testing.T) {
	t.Parallel()
	const members = 8
	w := newWorld(t, members)
	one, two := w.observation(0), w.observation(0)
	two.Price = parsePrice(t, "3001")
	honest := w.observation(1)
	rapid.Check(t, func(t *rapid.T) {
		e, now := w.engine(members-1), at(time.Minute)
		seen := recount(e)
		signers := rapid.SliceOfDistinct(rapid.IntRange(1, members+2), rapid.ID[int])
		var messages []func()
		for i := range rapid.IntRange(2, 24).Draw(t, "messages") {
			o := rapid.SampledFrom([]consensus.Observation{honest, honest, one, two}).Draw(t, "observation")
			first := 0
			if o == honest {
				first = 1
			}
			r := w.report(o, union([]int{first}, signers.Draw(t, "signers"))...)
			last := &r.Attestations[len(r.Attestations)-1]
			switch rapid.IntRange(0, 7).Draw(t, "kind") {
			case 0:
				*last = damaged(*last)
			case 1:
				for _, k := range w.keys {
					if k.Address() == last.Signer {
						last.Signature = anotherSignature(t, k, o.Digest(w.domain))
					}
				}
			case 2:
				v := w.evidence(0, one, two)
				messages = append(messages, func() { e.ReceiveEvidence(v.Encode(), now) })
			}
			data := r.EncodeAgain(uint64(i))
			messages = append(messages, func() { e.Receive(data, now) })
		}
		var all sync.WaitGroup
		for i := range 4 {
			all.Go(func() {
				for j := range messages {
					messages[(i*7+j)%len(messages)]()
				}
			})
		}
		all.Wait()
		for r, n := range seen.counts {
			if n != 1 {
				t.Fatalf("a signature of %s was recovered %d times", r.signer, n)
			}
		}
		for _, o := range []consensus.Observation{one, two, honest} {
			id := o.Digest(w.domain)
			for _, a := range known(e, o, now).Attestations {
				if seen.counts[recovery{id, a.Signer, a.Signature}] != 1 {
					t.Fatalf("it knows %s without having recovered it", a.Signer)
				}
			}
		}
	})
}

// TestRecoveredOnceAtATime holds a recovery up while others need it: they wait for its result, and the engine for
// nobody.
func TestRecoveredOnceAtATime(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 8)
	e, o, now := w.engine(7), w.observation(0), at(time.Minute)
	begun, end := make(chan struct{}), make(chan struct{})
	slow, calls := w.keys[0].Address(), 0
	e.VerifyBy(func(id signing.Digest, signer signing.Address, s signing.Signature) error {
		if signer == slow {
			calls++ // a second one would be a race too
			close(begun)
			<-end
		}
		return signing.Verify(id, signer, s)
	})
	var all sync.WaitGroup
	outcomes := make(chan consensus.Outcome, 8)
	receive := func(attempt int, signers ...int) {
		all.Go(func() { outcomes <- e.Receive(w.report(o, signers...).EncodeAgain(uint64(attempt)), now).Outcome })
	}
	receive(0, 0)
	<-begun
	for i := range 7 {
		receive(i+1, 0, i%3+1)
	}
	expect(t, e.Receive(w.report(w.observation(4), 4).Encode(), now), consensus.Accepted) // another price goes on
	close(end)
	all.Wait()
	close(outcomes)
	accepted := 0
	for outcome := range outcomes {
		if outcome == consensus.Accepted {
			accepted++
		} else if outcome != consensus.Duplicate {
			t.Errorf("outcome %s", outcome)
		}
	}
	if got := known(e, o, now); calls != 1 || accepted < 3 || len(got.Attestations) != 4 {
		t.Errorf("%d recoveries, %d reports accepted, it knows %v", calls, accepted, got)
	}
}

// TestChecksAreBounded brings more signatures than an engine remembers, in reports that are refused.
func TestChecksAreBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 8)
	e, o, now := w.engine(7), w.observation(0), at(time.Minute)
	good := w.report(o, 0, 1)
	fill := func(from int) {
		for i := range consensus.MaxChecks {
			r := good
			bad := damaged(r.Attestations[1])
			bad.Signature[31], bad.Signature[30] = byte(from+i), byte((from+i)>>8)
			r.Attestations = []consensus.Attestation{r.Attestations[0], bad}
			e.Receive(r.Encode(), now)
		}
	}
	fill(0)
	if n := e.Checks(); n != consensus.MaxChecks {
		t.Errorf("it remembers %d signatures", n)
	}
	fill(consensus.MaxChecks)
	if n := e.Checks(); n != consensus.MaxChecks {
		t.Errorf("it remembers %d signatures", n)
	}
	expect(t, e.Receive(good.Encode(), now), consensus.Accepted)
}
