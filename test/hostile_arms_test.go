package test_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	pb "github.com/libp2p/go-libp2p-pubsub/pb"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

// floodAhead is how long before a round its first messages come: nodes take them, for clocks differ by more.
const floodAhead = 4 * time.Second

// arms is what a flooder knows: it makes endless messages of it.
type arms struct {
	t        *testing.T
	network  string
	interval time.Duration
	key      signing.Key
	honest   []signing.Address
	heard    []consensus.Report
	pretend  func(o consensus.Observation) // told of the one honest price that it sends in its own name
}

// round returns the latest round that nodes take messages of.
func (a arms) round() consensus.Round {
	return consensus.RoundAt(time.Now().Add(floodAhead), a.interval)
}

// frames returns endless frames of a kind, of floodFrame messages each. It may be called from several goroutines.
func (a arms) frames(kind string) func(i int) *pb.RPC {
	a.t.Helper()
	topic := global.PricesTopic(a.network)
	switch kind {
	case "control":
		return func(i int) *pb.RPC { return controlFrame(topic, i) }
	case "other topics": // garbage that no validator sees
		topic += "/other"
		kind = "garbage"
	}
	message := a.messages(kind)
	return func(i int) *pb.RPC {
		rpc := &pb.RPC{}
		for n := range floodFrame {
			rpc.Publish = append(rpc.Publish, &pb.Message{Data: message(i + n), Topic: &topic})
		}
		return rpc
	}
}

// messages returns endless messages of a kind.
func (a arms) messages(kind string) func(i int) []byte {
	a.t.Helper()
	o := observation(a.t, a.key, a.round(), 0)
	own := assemble(a.network, o, attest(a.t, a.network, o, a.key))
	switch kind {
	case "garbage":
		return func(i int) []byte { return fmt.Appendf(nil, "garbage %d", i) }
	case "duplicates":
		if len(a.heard) > 0 {
			own = a.heard[len(a.heard)-1]
		} else {
			a.pretend(o)
		}
		return func(i int) []byte { return own.EncodeAgain(uint64(i)) }
	case "bad signatures": // in the places of honest nodes, which are free
		return func(i int) []byte { return a.inNameOf(own, a.honest[i%len(a.honest)], i) }
	default: // unknown proposers
		return func(i int) []byte {
			return a.inNameOf(own, signing.Address{1, byte(i), byte(i >> 8), byte(i >> 16)}, i)
		}
	}
}

// inNameOf returns the report as one of another proposer, at one of many times.
func (a arms) inNameOf(r consensus.Report, proposer signing.Address, i int) []byte {
	r.Attestations = slices.Clone(r.Attestations)
	r.Attestations[0].Signer, r.Observation.Proposer = proposer, proposer
	r.Observation.Round = a.round()
	r.Observation.ObservedAt = consensus.MillisOf(time.Now()) - consensus.Millis(i%1000)
	return r.Encode()
}

// controlFrame returns a frame without a message: offers of messages that don't exist and questions for others, and the
// coming and going of a mesh.
func controlFrame(topic string, i int) *pb.RPC {
	c := &pb.ControlMessage{}
	for n := range floodFrame / 5 {
		id := []string{fmt.Sprintf("message %24d", i+n)}
		c.Ihave = append(c.Ihave, &pb.ControlIHave{TopicID: &topic, MessageIDs: id})
		c.Iwant = append(c.Iwant, &pb.ControlIWant{MessageIDs: id})
		c.Idontwant = append(c.Idontwant, &pb.ControlIDontWant{MessageIDs: id})
		c.Graft = append(c.Graft, &pb.ControlGraft{TopicID: &topic})
		c.Prune = append(c.Prune, &pb.ControlPrune{TopicID: &topic})
	}
	return &pb.RPC{Control: c}
}
