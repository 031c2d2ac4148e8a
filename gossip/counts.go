package gossip

import (
	"errors"
	"sync"

	pb "github.com/libp2p/go-libp2p-pubsub/pb"
)

// Counts are what became of the messages that peers sent, since the start. Each ends in exactly one cause.
type Counts struct {
	// Received are all messages, copies of the same one too.
	Received uint64
	// Waiting are those of them that a validator still has to judge; 0 when traffic has stopped.
	Waiting uint64

	// Limited came beyond their peer's rate limit, and were not read.
	Limited uint64
	// Refused came from a peer that is cut, and were not read.
	Refused uint64
	// Foreign were for a topic that is not this node's.
	Foreign uint64
	// Duplicate had bytes that were seen in the last 120 s.
	Duplicate uint64
	// Authored had an author, a signature or a sequence number; that counts against the sender.
	Authored uint64
	// QueueFull came while the validation queue was full.
	QueueFull uint64
	// Throttled found no validator free.
	Throttled uint64
	// Oversize were longer than the topic's MaxBytes; that counts against the sender.
	Oversize uint64
	// Closed came while the network was closing.
	Closed uint64
	// Ignored, Rejected and Accepted are what the Validator said; Rejected counts against the sender.
	Ignored, Rejected, Accepted uint64

	// Outbound are the sendings given up because a peer's queue was full: not among the messages received.
	Outbound uint64
	// Cut is how many peers were cut.
	Cut uint64

	// AsksAnswered and AsksRefused are what became of the requests of peers, which are no messages.
	AsksAnswered, AsksRefused uint64
}

// Causes returns the ways a received message can end, by name, with how many ended so.
func (c Counts) Causes() map[string]uint64 {
	return map[string]uint64{
		"limited": c.Limited, "refused": c.Refused, "foreign": c.Foreign, "duplicate": c.Duplicate,
		"authored": c.Authored, "queue_full": c.QueueFull, "throttled": c.Throttled, "oversize": c.Oversize,
		"closed": c.Closed, "ignored": c.Ignored, "rejected": c.Rejected, "accepted": c.Accepted,
	}
}

// counter makes Counts; gossipsub tells it through tracer.
type counter struct {
	mu     sync.Mutex
	counts Counts
	joined map[string]bool // the topics taken part in
	closed bool            // what waits now will wait for ever
}

func newCounter() *counter { return &counter{joined: make(map[string]bool)} }

// note changes the counts.
func (c *counter) note(f func(*Counts)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f(&c.counts)
}

func (c *counter) cut() { c.note(func(n *Counts) { n.Cut++ }) }

// arrived takes in the messages of an RPC, and whether the ledger admits it.
func (c *counter) arrived(messages []*pb.Message, admitted error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts.Received += uint64(len(messages))
	switch {
	case errors.Is(admitted, errRefused):
		c.counts.Refused += uint64(len(messages))
		return
	case admitted != nil:
		c.counts.Limited += uint64(len(messages))
		return
	}
	for _, m := range messages {
		if !c.joined[m.GetTopic()] {
			c.counts.Foreign++ // gossipsub drops it without telling
		}
	}
}

// close turns what waits now and later into Closed.
func (c *counter) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
}

func (c *counter) read() Counts {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := c.counts
	out.Waiting = out.Received
	for _, n := range out.Causes() {
		out.Waiting -= n
	}
	if c.closed {
		out.Closed, out.Waiting = out.Closed+out.Waiting, 0
	}
	return out
}
