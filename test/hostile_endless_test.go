package test_test

import (
	"sync"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// endlessly is how many valid signatures a member makes for one digest.
const endlessly = 1000

// A member signs each honest price of a round, and one of its own, with a thousand different valid signatures: a row has
// one of them, and no quorum waits for the others.
func TestHostileEndlessSignatures(t *testing.T) { //nolint:paralleltest // see simulate
	besiege(t, member, func(t *testing.T, s *siege) {
		network := s.settings.Network
		done := make(map[consensus.Observation]bool)
		var once sync.Once
		taught := make(chan consensus.Observation, 1)
		s.x.onMessage(func(data []byte) {
			if r, err := consensus.DecodeReport(data); err == nil && r.Observation.Proposer != s.bad.key.Address() {
				once.Do(func() {
					s.bad.pretend(r.Observation)
					go func() { // no lock is held while it sends: virtual time would stand still
						s.tellAll(s.endless(r, endlessly))
						taught <- r.Observation
					}()
				})
			}
		})
		s.nextRound()
		done[<-taught] = true
		round := s.nextRound()
		pass(5 * time.Second)
		o := observation(t, s.bad.key, round, 0)
		s.bad.pretend(o)
		s.tellAll(s.endless(consensus.Report{Network: network, Observation: o}, endlessly))
		s.settle()
		done[o] = true
		for _, row := range s.rows() {
			if seen, err := row.Observation(); err == nil && done[seen] {
				done[seen] = false
				if n := count(row, s.bad.key.Address()); n > 1 {
					t.Errorf("row %s has %d signatures of the member", row.ID.Short(), n)
				}
			}
		}
		for o, missing := range done {
			if missing {
				t.Errorf("no row of %+v, so nothing was tested", o)
			}
		}
	})
}

// endless returns the report so many times, each time with another signature of the member's.
func (s *siege) endless(r consensus.Report, n uint64) [][]byte {
	s.t.Helper()
	messages := make([][]byte, 0, n)
	id := r.Observation.Digest(signing.NewDomain(r.Network))
	others := make([]consensus.Attestation, 0, len(r.Attestations))
	for _, a := range r.Attestations {
		if a.Signer != s.bad.key.Address() {
			others = append(others, a)
		}
	}
	for i := range n {
		own := consensus.Attestation{Signer: s.bad.key.Address(), Signature: resign(s.t, s.bad.key, id, i)}
		messages = append(messages, assemble(r.Network, r.Observation, append(others, own)...).Encode())
	}
	return messages
}

// tellAll sends many messages to every honest node, a hundred in a frame, in another order to each.
func (s *siege) tellAll(messages [][]byte) {
	const frame = 100
	for i, to := range s.honest {
		for at := 0; at < len(messages); at += frame {
			from := (at + i*frame) % len(messages)
			_ = s.x.publish(to.node.Host().ID(), messages[from:min(from+frame, len(messages))]...)
		}
	}
}

// count returns how many signatures of the signer a row has.
func count(row consensus.Row, signer signing.Address) (n int) {
	for _, a := range row.SignData {
		if a.Signer == signer {
			n++
		}
	}
	return n
}
