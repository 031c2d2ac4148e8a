package gossip

import (
	"testing"

	pb "github.com/libp2p/go-libp2p-pubsub/pb"
)

func TestForeignSubscriptionsAreNotKept(t *testing.T) {
	t.Parallel()
	f := subscriptions([]string{"ours"})
	announce := func(topics ...string) (subs []*pb.RPC_SubOpts) {
		yes := true
		for _, topic := range topics {
			subs = append(subs, &pb.RPC_SubOpts{Topicid: &topic, Subscribe: &yes})
		}
		return subs
	}
	got, err := f.FilterIncomingSubscriptions("peer", announce("theirs", "ours", "oursToo"))
	if err != nil || len(got) != 1 || got[0].GetTopicid() != "ours" {
		t.Errorf("kept %v, %v", got, err)
	}
	if f.CanSubscribe("theirs") {
		t.Error("may subscribe to a foreign topic")
	}
}

func TestMessageIsNamedByItsData(t *testing.T) {
	t.Parallel()
	a, b := "a", "b"
	one := contentID(&pb.Message{Data: []byte("x"), Topic: &a, From: []byte("me"), Seqno: []byte{1}})
	two := contentID(&pb.Message{Data: []byte("x"), Topic: &b})
	other := contentID(&pb.Message{Data: []byte("y"), Topic: &a})
	if one != two || one == other || len(one) != 32 {
		t.Errorf("%x %x %x", one, two, other)
	}
}
