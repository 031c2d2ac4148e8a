package node

import (
	"context"
	"errors"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/writing"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/gossip"
)

func newWriting(cfg config.Config, policy *consensus.Policy, former []consensus.Term) *writing.Machine {
	return writing.New(writing.Config{
		Network: cfg.Network, Self: policy.Self, Roster: policy.Roster, Quorum: policy.Quorum,
		Interval: cfg.FlushInterval, Settle: cfg.SettlePeriod, Skew: cfg.ClockSkew, Former: former,
		Alone: cfg.DatabaseURL == "", // the store is in the data folder, which the journal's lock keeps to this node
	})
}

// noticesTopic is the topic of notices and audits.
func (n *Node) noticesTopic() gossip.TopicConfig {
	return gossip.TopicConfig{
		Name: global.NoticesTopic(n.cfg.Network), MaxBytes: global.MaxWritingBytes,
		Validate: n.receiveWriting, Cadence: noticesCadence(&n.cfg, &n.policy),
	}
}

// noticesCadence is the most that a network has to say about its stores: what every signer may say in each of the windows
// of which messages are taken.
func noticesCadence(cfg *config.Config, p *consensus.Policy) gossip.Cadence {
	taken := writing.TakenFor*cfg.FlushInterval + 2*cfg.ClockSkew
	windows := int(taken/cfg.FlushInterval) + 1
	return gossip.Cadence{Messages: windows * signers(p) * writing.MaxSaid, Every: taken}
}

// receiveWriting is the validator of the notices' topic. It does no I/O.
func (n *Node) receiveWriting(_ context.Context, data []byte) gossip.Verdict {
	outcome := n.writing.Receive(data, n.now())
	n.meters.notices[outcome].Inc()
	switch {
	case outcome.PassedOn():
		return gossip.Accept
	case outcome.AtFault():
		return gossip.Reject
	default:
		return gossip.Ignore
	}
}

func (n *Node) publishNotice(ctx context.Context, notice consensus.Notice) {
	var err error
	if notice.Signature, err = n.key.Sign(notice.Digest()); err == nil {
		err = n.notices.Publish(ctx, notice.Encode())
	}
	n.tellUnpublished("publish notice", err)
}

func (n *Node) publishAudit(ctx context.Context, audit consensus.Audit) {
	var err error
	if audit.Signature, err = n.key.Sign(audit.Digest()); err == nil {
		err = n.notices.Publish(ctx, audit.Encode())
	}
	n.tellUnpublished("publish audit", err)
}

// publishFailure tells the others that this node had its turn and could not write.
func (n *Node) publishFailure(ctx context.Context, tasks writing.Tasks) {
	if notice := n.writing.Failed(tasks); notice != nil {
		n.publishNotice(ctx, *notice)
	}
}

// tellUnpublished tells why something was not published. That nobody listens is no fault: then nobody waits for it either.
func (n *Node) tellUnpublished(action string, err error) {
	if err != nil && !errors.Is(err, gossip.ErrNoPeers) && !errors.Is(err, gossip.ErrClosed) {
		n.log.Error(action, "err", err)
	}
}
