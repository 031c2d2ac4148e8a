package gossip

import (
	"sync/atomic"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
)

// Drops counts the messages that were lost for want of room, by where. What a validator or gossipsub refuses is no
// loss.
type Drops struct {
	// QueueFull are messages that came while the validation queue was full.
	QueueFull uint64
	// Throttled are messages for which no validator was free.
	Throttled uint64
	// Outbound are sendings given up because a peer's queue was full.
	Outbound uint64
}

// dropTracer counts for Drops; gossipsub calls it and has no metrics itself.
type dropTracer struct {
	queueFull, throttled, outbound atomic.Uint64
}

func (d *dropTracer) read() Drops {
	return Drops{QueueFull: d.queueFull.Load(), Throttled: d.throttled.Load(), Outbound: d.outbound.Load()}
}

// RejectMessage is called for every message that is not relayed.
func (d *dropTracer) RejectMessage(_ *pubsub.Message, reason string) {
	switch reason {
	case pubsub.RejectValidationQueueFull:
		d.queueFull.Add(1)
	case pubsub.RejectValidationThrottled:
		d.throttled.Add(1)
	}
}

// DropRPC is called when a peer's outbound queue is full.
func (d *dropTracer) DropRPC(*pubsub.RPC, peer.ID) { d.outbound.Add(1) }

// The rest of pubsub.RawTracer is no loss of a message.

// OnNewOutboundStream does nothing.
func (*dropTracer) OnNewOutboundStream(peer.ID, protocol.ID) {}

// OnClosedOutboundStream does nothing.
func (*dropTracer) OnClosedOutboundStream(peer.ID) {}

// Join does nothing.
func (*dropTracer) Join(string) {}

// Leave does nothing.
func (*dropTracer) Leave(string) {}

// Graft does nothing.
func (*dropTracer) Graft(peer.ID, string) {}

// Prune does nothing.
func (*dropTracer) Prune(peer.ID, string) {}

// ValidateMessage does nothing.
func (*dropTracer) ValidateMessage(*pubsub.Message) {}

// DeliverMessage does nothing.
func (*dropTracer) DeliverMessage(*pubsub.Message) {}

// DuplicateMessage does nothing: gossip works by duplicates.
func (*dropTracer) DuplicateMessage(*pubsub.Message) {}

// ThrottlePeer does nothing: there is no peer gater.
func (*dropTracer) ThrottlePeer(peer.ID) {}

// RecvRPC does nothing.
func (*dropTracer) RecvRPC(*pubsub.RPC) {}

// SendRPC does nothing.
func (*dropTracer) SendRPC(*pubsub.RPC, peer.ID) {}

// UndeliverableMessage does nothing: there are no subscriptions.
func (*dropTracer) UndeliverableMessage(*pubsub.Message) {}
