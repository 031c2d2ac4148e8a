package test_test

import (
	"fmt"
	"testing"
	"time"

	pb "github.com/libp2p/go-libp2p-pubsub/pb"
	"google.golang.org/protobuf/proto"
)

// churnStep is how long a peer stays in the topic, and how long away: a little more than the second in which nodes look who
// is there, so that they see every coming.
const churnStep = 1100 * time.Millisecond

// A member enters and leaves the topic again and again, and a price without a quorum lies about in every round, so that
// the nodes send it again at each coming: they do so in measure, and none takes another for a flooder.
func TestHostileChurn(t *testing.T) { //nolint:paralleltest // see simulate
	besiege(t, member, func(t *testing.T, s *siege) {
		s.mayStay = true  // it keeps within what a peer may send
		const comings = 7 // in a round
		heard := s.listen()
		for range 2 {
			round := s.nextRound()
			pass(3 * time.Second)
			off := observation(t, s.bad.key, round, 60_000)
			s.tell(assemble(s.settings.Network, off, attest(t, s.settings.Network, off, s.bad.key)).Encode())
			for i := range comings * 2 {
				come := &pb.RPC{Subscriptions: []*pb.RPC_SubOpts{{Topicid: &s.x.topic, Subscribe: proto.Bool(i%2 == 1)}}}
				for _, h := range s.honest {
					_ = s.x.say(h.node.Host().ID(), come)
				}
				pass(churnStep)
			}
		}
		again := 0
		for _, r := range heard() {
			if r.Observation.Proposer == s.bad.key.Address() {
				again++
			}
		}
		s.notes = fmt.Sprintf("came %d times in %d comings", again, 2*comings)
		// Once by each node when it is new, where gossip does not know yet who has it, and once a coming.
		if most := 2 * (1 + comings) * len(s.honest); again > most || again < most/2 {
			t.Errorf("prices without a quorum came %d times, want at most %d and at least half of it", again, most)
		}
	})
}
