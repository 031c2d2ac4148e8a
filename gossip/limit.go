package gossip

import (
	"time"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	"github.com/libp2p/go-libp2p/core/peer"
	"google.golang.org/protobuf/proto"
)

// load is what one RPC of a peer weighs.
type load struct {
	messages, control, bytes int
	subscriptions            int // counted in control too
}

// weigh looks at the envelope only, not at the data of a message.
func weigh(rpc *pubsub.RPC) load {
	c := rpc.GetControl()
	l := load{
		messages:      len(rpc.GetPublish()),
		subscriptions: len(rpc.GetSubscriptions()),
		bytes:         proto.Size(&rpc.RPC),
	}
	l.control = l.subscriptions + len(c.GetIhave()) + len(c.GetIwant()) + len(c.GetGraft()) + len(c.GetPrune()) +
		len(c.GetIdontwant())
	if l.messages == 0 {
		l.control = max(l.control, 1) // an RPC that says nothing is work too
	}
	return l
}

// inspect sees every RPC before gossipsub does anything for it; with an error it is dropped.
func (n *Network) inspect(from peer.ID, rpc *pubsub.RPC) error {
	err := n.ledger.admit(from, weigh(rpc), time.Now())
	n.counts.arrived(rpc.GetPublish(), err)
	return err
}
