package gossip

import (
	"context"
	"sync"
	"time"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	"github.com/libp2p/go-libp2p/core/peer"
)

// Verdict is what a Validator decides about a message.
type Verdict int

// The verdicts. The zero value is Ignore, the harmless one.
const (
	// Ignore drops the message; it is not relayed.
	Ignore Verdict = iota
	// Accept relays the message.
	Accept
	// Reject drops the message as one that no honest peer would have sent. A peer whose messages are rejected five
	// times within a few minutes is disconnected and kept out for ten minutes.
	Reject
)

// Validator judges the data of a message and does with it all that is to be done: nothing is delivered later. It is
// called concurrently, at most once for the same bytes within 120 s, and never for the node's own messages, which count
// as accepted. It must not keep or change data. ctx ends with Network.Close, which waits for running validators.
type Validator func(ctx context.Context, data []byte) Verdict

// validator adapts a topic's Validator to gossipsub.
func (n *Network) validator(cfg TopicConfig) pubsub.ValidatorEx {
	self := n.host.ID()
	return func(ctx context.Context, from peer.ID, m *pubsub.Message) pubsub.ValidationResult {
		if from == self {
			return pubsub.ValidationAccept
		}
		if len(m.GetData()) > cfg.MaxBytes {
			n.counts.note(func(c *Counts) { c.Oversize++ })
			n.ledger.invalid(from, time.Now())
			return pubsub.ValidationReject
		}
		if !n.validators.start() {
			n.counts.note(func(c *Counts) { c.Closed++ })
			return pubsub.ValidationIgnore
		}
		defer n.validators.done()
		switch cfg.Validate(ctx, m.GetData()) {
		case Accept:
			n.counts.note(func(c *Counts) { c.Accepted++ })
			return pubsub.ValidationAccept
		case Reject:
			n.counts.note(func(c *Counts) { c.Rejected++ })
			n.ledger.invalid(from, time.Now())
			return pubsub.ValidationReject
		default:
			n.counts.note(func(c *Counts) { c.Ignored++ })
			return pubsub.ValidationIgnore
		}
	}
}

// inFlight counts running validators, for gossipsub does not join its own.
type inFlight struct {
	mu     sync.Mutex // guards closed, and that running grows only before it
	closed bool

	running sync.WaitGroup
}

// start returns false after finish.
func (f *inFlight) start() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return false
	}
	f.running.Add(1)
	return true
}

func (f *inFlight) done() { f.running.Done() }

func (f *inFlight) open() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return !f.closed
}

// finish lets no more in and waits for those running.
func (f *inFlight) finish() {
	f.mu.Lock()
	f.closed = true
	f.mu.Unlock()
	f.running.Wait()
}
