package gossip

import (
	"time"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
)

// tracer is told by gossipsub what becomes of messages. What a validator decides is counted where it decides.
type tracer struct {
	counts *counter
	ledger *ledger
	meshes *meshes
}

// RejectMessage is called for every message that is not relayed.
func (t tracer) RejectMessage(m *pubsub.Message, reason string) {
	switch reason {
	case pubsub.RejectValidationFailed, pubsub.RejectValidationIgnored:
	case pubsub.RejectValidationQueueFull:
		t.counts.note(func(c *Counts) { c.QueueFull++ })
	case pubsub.RejectValidationThrottled:
		t.counts.note(func(c *Counts) { c.Throttled++ })
	default: // an author, a signature or a sequence number
		t.counts.note(func(c *Counts) { c.Authored++ })
		t.ledger.invalid(m.ReceivedFrom, time.Now())
	}
}

// DuplicateMessage is called for a message whose bytes were seen before.
func (t tracer) DuplicateMessage(*pubsub.Message) { t.counts.note(func(c *Counts) { c.Duplicate++ }) }

// Join is called when the node takes part in a topic.
func (t tracer) Join(topic string) {
	t.counts.mu.Lock()
	defer t.counts.mu.Unlock()
	t.counts.joined[topic] = true
	t.meshes.join(topic)
}

// Graft is called when a peer comes into the mesh of a topic.
func (t tracer) Graft(id peer.ID, topic string) { t.meshes.graft(id, topic) }

// Prune is called when a peer leaves the mesh of a topic, and stays connected.
func (t tracer) Prune(id peer.ID, topic string) { t.meshes.prune(id, topic) }

// OnClosedOutboundStream is called when a peer is gone.
func (t tracer) OnClosedOutboundStream(id peer.ID) { t.meshes.gone(id) }

// DropRPC is called when a peer's outbound queue is full.
func (t tracer) DropRPC(*pubsub.RPC, peer.ID) { t.counts.note(func(c *Counts) { c.Outbound++ }) }

// The rest of pubsub.RawTracer is the end of no message.

// OnNewOutboundStream does nothing.
func (tracer) OnNewOutboundStream(peer.ID, protocol.ID) {}

// Leave does nothing: topics are left at the end.
func (tracer) Leave(string) {}

// ValidateMessage does nothing.
func (tracer) ValidateMessage(*pubsub.Message) {}

// DeliverMessage does nothing.
func (tracer) DeliverMessage(*pubsub.Message) {}

// ThrottlePeer does nothing: there is no peer gater.
func (tracer) ThrottlePeer(peer.ID) {}

// RecvRPC does nothing.
func (tracer) RecvRPC(*pubsub.RPC) {}

// SendRPC does nothing.
func (tracer) SendRPC(*pubsub.RPC, peer.ID) {}

// UndeliverableMessage does nothing: there are no subscriptions.
func (tracer) UndeliverableMessage(*pubsub.Message) {}
