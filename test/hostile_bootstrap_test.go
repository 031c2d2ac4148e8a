package test_test

import (
	"crypto/sha256"
	"encoding/binary"
	"os"
	"sync/atomic"
	"testing"
	"time"

	kad "github.com/libp2p/go-libp2p-kad-dht/pb"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/libp2p/go-msgio"
	"google.golang.org/protobuf/proto"

	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/gossip"
)

// The bootstrap node turns hostile: it tells of nobody, of crowds that don't exist, or is gone. Who is in the network stays
// in it, and who restarts comes back by the peers that it knows; who has lost its folder too, because the others know it. Only
// who is new to all finds nobody until an honest bootstrap node is back.
func TestHostileBootstrap(t *testing.T) { //nolint:paralleltest // see simulate
	besiege(t, stranger, func(t *testing.T, s *siege) {
		s.mayStay = true
		pass(time.Minute) // known peers are written down
		s.bootstrap.stop(t)
		s.bootstrap = nil
		var crowd, asked atomic.Int64
		boot := s.hostile(bootstrapHost, s.bootKey)
		boot.host.SetStreamHandler(protocol.ID(global.DHTPrefix(s.settings.Network)+"/kad/1.0.0"), phoneBook(t, &crowd, &asked))
		back, lost := s.honest[0], s.honest[3]
		for _, act := range []func(){
			func() { crowd.Store(0) },
			func() { crowd.Store(20) },
			func() { s.weather.isolate(bootstrapHost) },
		} {
			act()
			s.halt(back)
			s.start(back)
			s.halt(lost)
			if err := os.RemoveAll(lost.folder); err != nil {
				t.Fatal(err)
			}
			s.nextRound() // with an empty journal it would propose twice in the old one
			s.start(lost)
			s.meshed(s.honest...)
			s.began = time.Now()
			s.rounds(1)
		}
		if asked.Load() == 0 {
			t.Error("the bootstrap node was never asked, so nothing was tested")
		}
	})
}

// phoneBook answers each question of the DHT with a crowd of peers that don't exist.
func phoneBook(t *testing.T, crowd, asked *atomic.Int64) network.StreamHandler {
	return func(stream network.Stream) {
		defer func() { _ = stream.Reset() }()
		reader, writer := msgio.NewVarintReaderSize(stream, hostileFrame), msgio.NewVarintWriter(stream)
		for {
			frame, err := reader.ReadMsg()
			if err != nil {
				return
			}
			question := new(kad.Message)
			if err := proto.Unmarshal(frame, question); err != nil {
				return
			}
			answer := &kad.Message{Type: question.GetType(), Key: question.GetKey()}
			for range crowd.Load() {
				answer.CloserPeers = append(answer.CloserPeers, nobody(t, uint64(asked.Add(1))))
			}
			asked.Add(1)
			b, err := proto.Marshal(answer)
			if err != nil || writer.WriteMsg(b) != nil {
				return
			}
		}
	}
}

// nobody returns a peer that does not exist, at an address where nobody is.
func nobody(t *testing.T, n uint64) *kad.Message_Peer {
	t.Helper()
	key, err := gossip.IdentityKey(sha256.Sum256(binary.BigEndian.AppendUint64(nil, n)))
	if err != nil {
		t.Error(err)
		return nil
	}
	id, err := peer.IDFromPrivateKey(key)
	if err != nil {
		t.Error(err)
		return nil
	}
	return &kad.Message_Peer{
		Id: []byte(id), Addrs: [][]byte{listen(byte(n%50) + 150).Bytes()}, Connection: kad.Message_CONNECTED,
	}
}
