package gossip

import (
	"math"
	"time"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	"github.com/libp2p/go-libp2p/core/peer"
)

// Scores count in invalid messages: one takes 1 off. Nothing adds to a score, so that no peer can save up for a later
// attack, and an honest one stays at 0.
const (
	// cutScore is the score at which a peer is cut. Until then it is only kept out of the mesh, as gossipsub does below
	// 0: if its announcements were passed over earlier, it could break no more promises and would never get here.
	cutScore = -maxInvalid
	// neverScore is below every score. gossipsub would drop what lower peers send without telling; the ledger does it,
	// and counts.
	neverScore = -math.MaxFloat32

	// patient is how many behaviour penalties (P7) are free. Honest peers get some: a graft within the minute after a
	// prune, by one that restarted, and promised messages that a cut of the network swallowed: three, for within the
	// 3 s that they may take each heartbeat makes one.
	patient = 10
	// behaviourWeight has a peer cut at twice what is free, for the penalty grows with the square of the excess. A peer
	// that breaks one promise a second gets there in half a minute.
	behaviourWeight = float64(cutScore) / (patient * patient)
	// behaviourMemory is how long penalties take to fade to a hundredth.
	behaviourMemory = 5 * time.Minute

	// judgePeriod is how often the scores are looked at.
	judgePeriod = time.Second
	// retainScore is how long a peer that left keeps its penalties: shorter than a ban, after which it starts afresh.
	retainScore = banTime / 2
)

// scoreOptions has gossipsub keep scores by the ledger and by its own penalties for behaviour. The rest is off: a
// network whose rounds may be 10 min apart delivers at no rate that a peer could fall short of (P3), early delivery
// earns nothing (P1, P2), and a cluster may live behind one address (P6). Invalid messages (P4) are in the ledger.
func (n *Network) scoreOptions() []pubsub.Option {
	params := &pubsub.PeerScoreParams{
		AppSpecificScore:          func(id peer.ID) float64 { return n.ledger.score(id, time.Now()) },
		AppSpecificWeight:         1,
		BehaviourPenaltyWeight:    behaviourWeight,
		BehaviourPenaltyThreshold: patient,
		BehaviourPenaltyDecay:     pubsub.ScoreParameterDecay(behaviourMemory),
		DecayInterval:             pubsub.DefaultDecayInterval,
		DecayToZero:               pubsub.DefaultDecayToZero,
		RetainScore:               retainScore,
		SeenMsgTTL:                seenFor,
	}
	thresholds := &pubsub.PeerScoreThresholds{
		GossipThreshold:   cutScore,
		PublishThreshold:  cutScore,
		GraylistThreshold: neverScore,
		AcceptPXThreshold: 1, // no score is above 0: nobody may name peers to connect to
	}
	judge := func(scores map[peer.ID]float64) { n.ledger.judge(scores, time.Now()) }
	return []pubsub.Option{
		pubsub.WithPeerScore(params, thresholds),
		pubsub.WithPeerScoreInspect(judge, judgePeriod),
	}
}
