package test_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/global"
)

// Bytes that are no report, of one identity that sends them all, and of others that are new before they are cut: nothing
// comes of them, and whoever sends more than a few is cut.
func TestHostileGarbage(t *testing.T) { //nolint:paralleltest // see simulate
	besiege(t, member, func(t *testing.T, s *siege) {
		round := s.nextRound()
		pass(5 * time.Second)
		o := observation(t, s.bad.key, round, 0)
		messages := garbage(assemble(s.settings.Network, o, attest(t, s.settings.Network, o, s.bad.key)), uint64(round))
		s.tell(messages...)
		s.expectCut()
		for i, data := range messages {
			if i%honestBound == 0 {
				s.disguise()
			}
			s.tell(data)
		}
		s.notes = fmt.Sprint(len(messages), " kinds")
		s.expectUntouched()
	})
}

// garbage returns messages that are no reports, different ones for each seed.
func garbage(valid consensus.Report, seed uint64) [][]byte {
	random := rand.New(rand.NewPCG(seed, 1))
	noise := func(n int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(random.Uint32())
		}
		return b
	}
	whole := valid.EncodeAgain(seed)
	messages := [][]byte{{}, {0}, noise(1), noise(20), noise(200), noise(global.MaxReportBytes), noise(global.MaxReportBytes + 1)}
	for n := 1; n < len(whole); n += len(whole) / 20 {
		messages = append(messages, whole[:n])
	}
	return append(messages, nested(1000), unknown(whole, 3000)[:global.MaxReportBytes], []byte("null"), []byte("{}"))
}

// nested returns a message within a message within a message, so many times.
func nested(depth int) []byte {
	var b []byte
	for range depth {
		b = protowire.AppendBytes(protowire.AppendTag(nil, 7, protowire.BytesType), b)
	}
	return b
}

// unknown adds so many fields that no version knows.
func unknown(b []byte, n int) []byte {
	for i := range n {
		b = protowire.AppendTag(b, protowire.Number(100+i), protowire.BytesType)
		b = protowire.AppendBytes(b, make([]byte, 40))
	}
	return b
}
