package gossip

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	"github.com/libp2p/go-libp2p/core/peer"
)

// Errors of Topic.Publish.
var (
	// ErrTooLarge says that the data is longer than the topic's MaxBytes.
	ErrTooLarge = errors.New("message is too large")
	// ErrNoPeers says that no peer of the topic is connected, so that nobody would have got the message. Nothing was
	// sent and the bytes do not count as seen: the same bytes can be published later.
	ErrNoPeers = errors.New("topic has no peers")
	// ErrClosed says that the network was closed.
	ErrClosed = errors.New("network is closed")
)

// TopicConfig is one topic of a Config.
type TopicConfig struct {
	// Name is the topic's full name; names in use by two networks must differ.
	Name string
	// MaxBytes bounds a message's data: longer ones are refused in both directions.
	MaxBytes int
	// Validate judges what peers send.
	Validate Validator
	// Cadence bounds what is taken from one peer.
	Cadence Cadence
}

// Topic is a gossip topic that was joined.
type Topic struct {
	name     string
	maxBytes int
	topic    *pubsub.Topic
	peers    *audience
	open     func() bool
	spoke    *atomic.Int64 // of the network: when anything was last published, in unix nanoseconds
}

// Publish sends data to the peers of the topic, without asking the node's own Validator. It returns ErrTooLarge,
// ErrNoPeers or ErrClosed, and nil once the message is queued, which is no proof of delivery. Bytes that were published
// or accepted in the last 120 s, in any topic, are not sent again: Publish returns nil and does nothing. It goes to all
// connected peers of the topic; those pass it on to peers met at least a second ago, for gossipsub makes its mesh once
// a second. Data must not be changed afterwards. The end of ctx keeps nothing back: what is signed goes out while a node
// stops, and gossipsub takes it at once.
func (t *Topic) Publish(ctx context.Context, data []byte) error {
	if len(data) > t.maxBytes {
		return fmt.Errorf("publish %d bytes on %s, limit %d: %w", len(data), t.name, t.maxBytes, ErrTooLarge)
	}
	if !t.open() {
		return fmt.Errorf("publish on %s: %w", t.name, ErrClosed)
	}
	if t.Peers() == 0 {
		return fmt.Errorf("publish on %s: %w", t.name, ErrNoPeers)
	}
	if err := t.topic.Publish(context.WithoutCancel(ctx), data); err != nil {
		if !t.open() {
			err = ErrClosed
		}
		return fmt.Errorf("publish on %s: %w", t.name, err)
	}
	t.spoke.Store(time.Now().UnixNano())
	return nil
}

// Peers returns how many connected peers take part in the topic.
func (t *Topic) Peers() int { return t.peers.count() }

// PeerIDs returns the connected peers that take part in the topic, in no order.
func (t *Topic) PeerIDs() []peer.ID { return t.peers.ids() }
