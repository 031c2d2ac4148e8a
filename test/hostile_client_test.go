package test_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	pb "github.com/libp2p/go-libp2p-pubsub/pb"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/libp2p/go-msgio"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/gossip-price/gossip-price/global"
)

const (
	// hostileSend bounds one write to a node that does not read.
	hostileSend = 5 * time.Second
	// hostileFrame bounds what a hostile client takes from a node at once.
	hostileFrame = 1 << 20
)

// hostile is a peer that speaks a network's gossip by hand: a real host with the real protocol and topic, but no rule of
// gossipsub, no memory of what it sent, and no validation. It sends what it is told, as often as it is told, to whom it
// is told, and relays nothing.
type hostile struct {
	host  host.Host
	mesh  protocol.ID
	topic string

	mu    sync.Mutex
	hear  func(data []byte)          // takes every message that a node sends; nil: unheard
	lines map[peer.ID]network.Stream // to nodes
	first time.Time                  // when it first sent a message
	cuts  []time.Time                // when a node closed its last connection
}

// newHostile makes a hostile peer of a host, which it closes at its end.
func newHostile(h host.Host, name string) *hostile {
	x := &hostile{
		host: h, mesh: protocol.ID(global.DHTPrefix(name) + "/meshsub/1.2.0"), topic: global.PricesTopic(name),
		lines: make(map[peer.ID]network.Stream),
	}
	h.SetStreamHandler(x.mesh, x.listen)
	h.Network().Notify(&network.NotifyBundle{DisconnectedF: func(n network.Network, c network.Conn) {
		if n.Connectedness(c.RemotePeer()) != network.Connected {
			x.mu.Lock()
			defer x.mu.Unlock()
			x.cuts = append(x.cuts, time.Now())
		}
	}})
	return x
}

// listen reads what a node sends until the stream ends.
func (x *hostile) listen(s network.Stream) {
	defer func() { _ = s.Reset() }()
	reader := msgio.NewVarintReaderSize(s, hostileFrame)
	for {
		frame, err := reader.ReadMsg()
		if err != nil {
			return
		}
		rpc := new(pb.RPC)
		if err := proto.Unmarshal(frame, rpc); err != nil {
			return
		}
		reader.ReleaseMsg(frame)
		for _, m := range rpc.GetPublish() {
			if hear := x.hearing(); hear != nil {
				hear(m.GetData())
			}
		}
	}
}

// onMessage sets what takes the messages that nodes send.
func (x *hostile) onMessage(hear func(data []byte)) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.hear = hear
}

func (x *hostile) hearing() func(data []byte) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.hear
}

// reach connects to a node and enters its mesh, anew if it was there before.
func (x *hostile) reach(ctx context.Context, to peer.AddrInfo) error {
	ctx, cancel := context.WithTimeout(network.WithForceDirectDial(ctx, "hostile"), hostileSend)
	defer cancel()
	if err := x.host.Connect(ctx, to); err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	s, err := x.host.NewStream(ctx, to.ID, x.mesh)
	if err != nil {
		return fmt.Errorf("open stream: %w", err)
	}
	x.mu.Lock()
	x.lines[to.ID] = s
	x.mu.Unlock()
	subscribe := &pb.RPC{Subscriptions: []*pb.RPC_SubOpts{{Topicid: &x.topic, Subscribe: proto.Bool(true)}}}
	graft := &pb.RPC{Control: &pb.ControlMessage{Graft: []*pb.ControlGraft{{TopicID: &x.topic}}}}
	return errors.Join(x.say(to.ID, subscribe), x.say(to.ID, graft))
}

// say sends one frame of gossipsub's to a node that was reached.
func (x *hostile) say(to peer.ID, rpc *pb.RPC) error {
	frame, err := proto.Marshal(rpc)
	if err != nil {
		return err
	}
	return x.raw(to, append(protowire.AppendVarint(nil, uint64(len(frame))), frame...))
}

// raw writes bytes to the stream that gossipsub reads on a node that was reached.
func (x *hostile) raw(to peer.ID, b []byte) error {
	x.mu.Lock()
	s := x.lines[to]
	x.mu.Unlock()
	if s == nil {
		return io.ErrClosedPipe
	}
	if err := s.SetWriteDeadline(time.Now().Add(hostileSend)); err != nil {
		return err
	}
	_, err := s.Write(b)
	return err
}

// publish sends messages to a node in one frame, of at most as much as a node reads.
func (x *hostile) publish(to peer.ID, messages ...[]byte) error {
	x.fire()
	rpc := &pb.RPC{}
	for _, data := range messages {
		rpc.Publish = append(rpc.Publish, &pb.Message{Data: data, Topic: &x.topic})
	}
	return x.say(to, rpc)
}

// fire notes that the attack has begun, if it had not.
func (x *hostile) fire() {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.first.IsZero() {
		x.first = time.Now()
	}
}

// connected tells whether there is a connection with the node.
func (x *hostile) connected(to peer.ID) bool {
	return x.host.Network().Connectedness(to) == network.Connected
}

// cutAfter returns how long after its first message a node first closed its connection, and false if none did.
func (x *hostile) cutAfter() (time.Duration, bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, at := range x.cuts {
		if !x.first.IsZero() && !at.Before(x.first) {
			return at.Sub(x.first), true
		}
	}
	return 0, false
}

func (x *hostile) close(t *testing.T) {
	t.Helper()
	if err := x.host.Close(); err != nil {
		t.Errorf("close hostile host: %v", err)
	}
}
