package gossip_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"

	"github.com/gossip-price/gossip-price/gossip"
)

// pair starts two connected nodes; the topics are those of the second.
func pair(t *testing.T, topics ...gossip.TopicConfig) (a, b *node) {
	t.Helper()
	a = start(t, gossip.HostConfig{}, gossip.Config{})
	b = start(t, gossip.HostConfig{}, gossip.Config{Known: []peer.AddrInfo{a.info()}, Topics: topics})
	eventually(t, "mesh", meshed(a, b))
	return a, b
}

func TestPublishToNobody(t *testing.T) {
	t.Parallel()
	a := start(t, gossip.HostConfig{}, gossip.Config{})
	if err := a.Topic(prices).Publish(t.Context(), []byte("x")); !errors.Is(err, gossip.ErrNoPeers) {
		t.Fatalf("publish: %v, want %v", err, gossip.ErrNoPeers)
	}
	b := start(t, gossip.HostConfig{}, gossip.Config{Known: []peer.AddrInfo{a.info()}})
	eventually(t, "mesh", meshed(a, b))
	a.publish(t, "x") // the same bytes, for they don't count as seen
	eventually(t, "delivery", all("x", b))
}

func TestSameBytesAreNotSentTwice(t *testing.T) {
	t.Parallel()
	a, b := pair(t)
	a.publish(t, "once")
	eventually(t, "delivery", all("once", b))
	a.publish(t, "once")
	b.publish(t, "once")
	a.publish(t, "after")
	eventually(t, "delivery", all("after", b))
	if n := b.inbox.count("once") + a.inbox.count("once"); n != 1 {
		t.Errorf("the same bytes were validated %d times", n)
	}
}

func TestOversizeIsRefusedInBothDirections(t *testing.T) {
	t.Parallel()
	a, b := pair(t, gossip.TopicConfig{Name: prices, MaxBytes: 4096, Validate: (&inbox{}).validate})
	long := strings.Repeat("x", 1025)
	if err := a.Topic(prices).Publish(t.Context(), []byte(long)); !errors.Is(err, gossip.ErrTooLarge) {
		t.Fatalf("publish: %v, want %v", err, gossip.ErrTooLarge)
	}
	b.publish(t, long) // within b's limit, not within a's
	b.publish(t, long[:1024])
	eventually(t, "delivery at the limit", all(long[:1024], a))
	if a.inbox.count(long) != 0 {
		t.Error("the validator saw an oversize message")
	}
}

func TestForeignTopicIsFiltered(t *testing.T) {
	t.Parallel()
	box := &inbox{}
	other := gossip.TopicConfig{Name: "/gossip-price/1/test/other", MaxBytes: 64, Validate: box.validate}
	a, b := pair(t, append(box.topic(), other)...)
	if err := b.Topic(other.Name).Publish(t.Context(), []byte("x")); !errors.Is(err, gossip.ErrNoPeers) {
		t.Errorf("publish on a topic nobody else has: %v, want %v", err, gossip.ErrNoPeers)
	}
	if a.Topic(other.Name) != nil {
		t.Error("a topic came from a peer")
	}
}

// TestAuthorsAreRefused sends what nodes with other settings of gossipsub would: a message with an author, signed and
// not.
func TestAuthorsAreRefused(t *testing.T) {
	t.Parallel()
	for name, policy := range map[string]pubsub.MessageSignaturePolicy{
		"signed": pubsub.StrictSign, "unsigned": pubsub.StrictNoSign,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := start(t, gossip.HostConfig{}, gossip.Config{})
			topic := rawTopic(t, a, policy)
			if err := topic.Publish(t.Context(), []byte("authored")); err != nil {
				t.Fatal(err)
			}
			// One stream carries both, so what comes behind the message has it judged.
			leave, err := topic.Relay()
			if err != nil {
				t.Fatal(err)
			}
			defer leave()
			eventually(t, "what was sent behind it", func() bool { return a.Topic(prices).Peers() == 1 })
			if a.inbox.count("authored") != 0 {
				t.Error("the validator saw a message with an author")
			}
		})
	}
}

// rawTopic joins the topic prices by gossipsub alone and connects to a node.
func rawTopic(t *testing.T, to *node, policy pubsub.MessageSignaturePolicy) *pubsub.Topic {
	t.Helper()
	h, err := gossip.NewHost(gossip.HostConfig{Key: newKey(t), Listen: loopback()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	mesh := []protocol.ID{"/gossip-price/test/meshsub/1.2.0"}
	ps, err := pubsub.NewGossipSub(t.Context(), h, pubsub.WithMessageSignaturePolicy(policy),
		pubsub.WithGossipSubProtocols(mesh,
			func(f pubsub.GossipSubFeature, _ protocol.ID) bool { return f == pubsub.GossipSubFeatureMesh }))
	if err != nil {
		t.Fatal(err)
	}
	topic, err := ps.Join(prices)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Connect(t.Context(), to.info()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "stream", func() bool { return len(topic.ListPeers()) == 1 })
	return topic
}

func TestCloseWaitsForValidators(t *testing.T) {
	t.Parallel()
	running, free := make(chan struct{}), make(chan struct{})
	slow := func(context.Context, []byte) gossip.Verdict {
		close(running)
		<-free
		return gossip.Accept
	}
	a, b := pair(t, gossip.TopicConfig{Name: prices, MaxBytes: 64, Validate: slow})
	a.publish(t, "x")
	<-running
	closed := make(chan error, 1)
	go func() { closed <- b.Close() }()
	eventually(t, "closing", func() bool {
		return errors.Is(b.Topic(prices).Publish(t.Context(), []byte("y")), gossip.ErrClosed)
	})
	select {
	case err := <-closed:
		t.Errorf("closed with a validator running: %v", err)
	default:
	}
	close(free)
	if err := <-closed; err != nil {
		t.Error(err)
	}
}
