package gossip_test

import (
	"encoding/binary"
	"io"
	"testing"
	"time"

	pb "github.com/libp2p/go-libp2p-pubsub/pb"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"google.golang.org/protobuf/proto"

	"github.com/gossip-price/gossip-price/gossip"
)

const meshID = "/gossip-price/test/meshsub/1.2.0"

// villain is a peer that speaks gossipsub by hand.
type villain struct {
	host   host.Host
	victim *node
	stream network.Stream
}

// newVillain makes a villain and connects it. A deaf one takes no stream from its victim.
func newVillain(t *testing.T, hc gossip.HostConfig, victim *node, deaf bool) *villain {
	t.Helper()
	if hc.Key == nil {
		hc.Key = newKey(t)
	}
	h, err := gossip.NewHost(hc)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	if !deaf {
		h.SetStreamHandler(meshID, func(s network.Stream) { io.Copy(io.Discard, s) }) //nolint:errcheck // a sink
	}
	v := &villain{host: h, victim: victim}
	if err := v.connect(t); err != nil {
		t.Fatal(err)
	}
	return v
}

// connect opens the stream to write to.
func (v *villain) connect(t *testing.T) error {
	t.Helper()
	err := v.host.Connect(t.Context(), v.victim.info())
	if err != nil {
		return err
	}
	v.stream, err = v.host.NewStream(t.Context(), v.victim.host.ID(), meshID)
	return err
}

// connected tells whether the victim has a connection with the villain.
func (v *villain) connected() bool {
	return v.victim.host.Network().Connectedness(v.host.ID()) == network.Connected
}

// send writes RPCs in one go.
func (v *villain) send(rpcs ...*pb.RPC) error {
	var buf []byte
	for _, rpc := range rpcs {
		data, err := proto.Marshal(rpc)
		if err != nil {
			return err
		}
		buf = append(binary.AppendUvarint(buf, uint64(len(data))), data...)
	}
	_, err := v.stream.Write(buf)
	return err
}

// say is an RPC with messages of the topic prices.
func say(data ...string) *pb.RPC {
	topic := prices
	rpc := &pb.RPC{}
	for _, d := range data {
		rpc.Publish = append(rpc.Publish, &pb.Message{Topic: &topic, Data: []byte(d)})
	}
	return rpc
}

// times is n RPCs made one after the other.
func times(n int, rpc func(i int) *pb.RPC) []*pb.RPC {
	rpcs := make([]*pb.RPC, n)
	for i := range rpcs {
		rpcs[i] = rpc(i)
	}
	return rpcs
}

// announce is an IHAVE of messages of the topic prices.
func announce(ids ...string) *pb.RPC {
	topic := prices
	return &pb.RPC{Control: &pb.ControlMessage{Ihave: []*pb.ControlIHave{{TopicID: &topic, MessageIDs: ids}}}}
}

// pour sends 10,000 RPCs a second until the victim cuts the villain, for 5 s at most, and returns how many.
func (v *villain) pour(rpc func(i int) *pb.RPC) (sent int) {
	for began := time.Now(); v.connected() && time.Since(began) < 5*time.Second; pass(10 * time.Millisecond) {
		batch := times(100, func(i int) *pb.RPC { return rpc(sent + i) })
		if v.send(batch...) != nil {
			break
		}
		sent += len(batch)
	}
	return sent
}
