package gossip_test

import (
	"encoding/binary"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/protocol"
	"google.golang.org/protobuf/proto"

	"github.com/gossip-price/gossip-price/gossip"
)

// isReset tells whether the other side has reset a stream; it waits for that or for the end of patience.
func isReset(t *testing.T, s network.Stream) bool {
	t.Helper()
	if err := s.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	_, err := s.Read(make([]byte, 1))
	return err != nil && strings.Contains(err.Error(), "reset")
}

// TestHugeFrames declares frames that are never sent.
func TestHugeFrames(t *testing.T) {
	t.Parallel()
	const limit = 1024 + len(prices) + 1024 // MaxBytes, topic, envelope
	victim := start(t, gossip.HostConfig{}, gossip.Config{})
	v := newVillain(t, gossip.HostConfig{Listen: loopback()}, victim, false)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, id := range []protocol.ID{meshID, "/gossip-price/test/kad/1.0.0"} {
		for range 10 {
			s, err := v.host.NewStream(t.Context(), victim.host.ID(), id)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Write(append(binary.AppendUvarint(nil, 1<<30), "the start of it"...)); err != nil {
				t.Fatal(err)
			}
			if !isReset(t, s) {
				t.Errorf("%s: a frame of 1 GiB was not refused", id)
			}
		}
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 1<<30 { // the other tests' too
		t.Errorf("allocated %d MiB", used>>20)
	}

	fits, tooLong := say("x"), say("x")
	fits.Publish[0].Data = make([]byte, limit-proto.Size(fits)-1) // the length of the data takes two bytes now, and
	fits.Publish[0].Data = make([]byte, len(fits.Publish[0].Data)-proto.Size(fits)+limit)
	tooLong.Publish[0].Data = make([]byte, len(fits.Publish[0].Data)+1)
	if proto.Size(fits) != limit || proto.Size(tooLong) != limit+1 {
		t.Fatalf("frames of %d and %d bytes", proto.Size(fits), proto.Size(tooLong))
	}
	if err := v.connect(t); err != nil {
		t.Fatal(err)
	}
	if err := v.send(fits); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the longest frame", func() bool { return victim.Counts().Oversize == 1 })
	if err := v.send(tooLong); err != nil {
		t.Fatal(err)
	}
	if !isReset(t, v.stream) {
		t.Error("a frame one byte too long was not refused")
	}
	if c := victim.Counts(); c.Received != 1 {
		t.Errorf("%+v", c)
	}
}
