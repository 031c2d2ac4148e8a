package gossip

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	pb "github.com/libp2p/go-libp2p-pubsub/pb"
	"github.com/libp2p/go-libp2p/core/protocol"
)

const (
	// meshSuffix names the one version of gossipsub spoken, v1.2, under the network's prefix: nodes of two networks
	// open no gossip stream at all.
	meshSuffix = "/meshsub/1.2.0"

	// validateQueue bounds the messages waiting for a validator; the library's 32 overflow at the start of a round.
	validateQueue = 1024
	// validateAtOnce bounds the validators running at once, a topic and in all.
	validateAtOnce = 1024
	// outboundQueue bounds the messages waiting to be sent to one peer.
	outboundQueue = 1024
	// maxAnnounced bounds the subscriptions that a peer may announce at once; the ledger sees to it.
	maxAnnounced = 64
	// envelope is the room that a message's frame takes beside its data.
	envelope = 1024
	// firstBeat is how long after its start gossipsub looks at its meshes for the first time, and then each second: at the same instant as
	// at the scores, so that an idle process is woken once for both.
	firstBeat = time.Millisecond
	// seenFor is how long a message's bytes are remembered (docs/protocol.md, section 5).
	seenFor = 120 * time.Second
)

// joinTopics starts gossipsub, if there is a topic for it, until ctx ends.
func (n *Network) joinTopics(ctx context.Context, topics []TopicConfig) error {
	if len(topics) == 0 {
		return nil
	}
	ps, err := pubsub.NewGossipSub(ctx, n.host, n.gossipOptions(topics)...)
	if err != nil {
		return fmt.Errorf("start gossipsub: %w", err)
	}
	n.began = time.Now()
	for _, cfg := range topics {
		err := ps.RegisterTopicValidator(cfg.Name, n.validator(cfg), pubsub.WithValidatorConcurrency(validateAtOnce))
		if err != nil {
			return fmt.Errorf("register validator of %s: %w", cfg.Name, err)
		}
		topic, err := ps.Join(cfg.Name)
		if err != nil {
			return fmt.Errorf("join %s: %w", cfg.Name, err)
		}
		// A relay takes part in the mesh without a subscription, whose queue could only overflow: the validator has
		// done all work.
		if _, err := topic.Relay(); err != nil {
			return fmt.Errorf("relay %s: %w", cfg.Name, err)
		}
		peers, err := newAudience(topic)
		if err != nil {
			return fmt.Errorf("follow peers of %s: %w", cfg.Name, err)
		}
		n.topics[cfg.Name] = &Topic{
			name: cfg.Name, maxBytes: cfg.MaxBytes, topic: topic, peers: peers, open: n.validators.open, spoke: &n.spoke,
		}
	}
	return nil
}

func (n *Network) gossipOptions(topics []TopicConfig) []pubsub.Option {
	names, longest := make([]string, 0, len(topics)), 0
	for _, t := range topics {
		names = append(names, t.Name)
		longest = max(longest, t.MaxBytes+len(t.Name))
	}
	params := pubsub.DefaultGossipSubParams()
	params.HeartbeatInitialDelay = firstBeat
	return append(n.scoreOptions(),
		pubsub.WithGossipSubParams(params),
		pubsub.WithGossipSubProtocols([]protocol.ID{n.mesh}, meshFeatures),
		pubsub.WithMessageIdFn(contentID),
		// StrictNoSign alone leaves a from field that anyone can write.
		pubsub.WithMessageSignaturePolicy(pubsub.StrictNoSign),
		pubsub.WithNoAuthor(),
		pubsub.WithSubscriptionFilter(subscriptions(names)),
		pubsub.WithMaxMessageSize(longest+envelope),
		pubsub.WithValidateQueueSize(validateQueue),
		pubsub.WithValidateThrottle(validateAtOnce),
		pubsub.WithPeerOutboundQueueSize(outboundQueue),
		pubsub.WithSeenMessagesTTL(seenFor),
		pubsub.WithFloodPublish(true),
		pubsub.WithPeerExchange(false),
		pubsub.WithAppSpecificRpcInspector(n.inspect),
		pubsub.WithRawTracer(tracer{counts: n.counts, ledger: n.ledger, meshes: n.meshes}),
		pubsub.WithLogger(quiet(n.log)),
	)
}

// subscriptions lets nobody make this node keep account of other topics.
func subscriptions(topics []string) pubsub.SubscriptionFilter {
	return pubsub.NewAllowlistSubscriptionFilter(topics...)
}

// meshFeatures are those of gossipsub v1.2 without peer exchange and IDONTWANT. A peer sends one of the latter for each
// long message to everybody in its mesh, before it has looked at the message: hostile peers could make an honest one
// send more than the others let it.
func meshFeatures(feature pubsub.GossipSubFeature, _ protocol.ID) bool {
	return feature == pubsub.GossipSubFeatureMesh
}

// contentID names a message by its data alone, so that the same report is one message whoever sends it.
func contentID(m *pb.Message) string {
	sum := sha256.Sum256(m.GetData())
	return string(sum[:])
}
