package node

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/gossip"
)

// hellosAtOnce bounds the heartbeats that are sent because peers came; after them one an interval.
const hellosAtOnce = 3

// pulse is the node's part in the heartbeats of the network (docs/protocol.md, section 3.10).
type pulse struct {
	roll   *consensus.Roll
	intake *consensus.Intake
	clock  clock
	topic  *gossip.Topic
	tallies
	watch

	version  string
	settings consensus.Settings
	archive  func() (until consensus.Round, fingerprint [32]byte) // of the certificates that the node can give to others; nil: none
	start    consensus.Millis
	interval time.Duration

	sequence atomic.Uint64
	mute     bool // sends none

	// of the tick loop
	begun  bool          // a heartbeat was sent, or tried
	peers  int           // at the last look
	hello  bool          // a peer has come that may not have heard of this node
	hellos *rate.Limiter // of the hellos
	sent   time.Duration // up time of the last heartbeat
	viewed time.Duration // up time of the last look at the network
}

func newPulse(cfg config.Config, p consensus.Policy, version string, now time.Time) *pulse {
	settings, interval := p.Settings(cfg.FlushInterval), p.BeatInterval()
	return &pulse{
		tallies: tallies{tellRefused: p.TellRefused()},

		roll:   consensus.NewRoll(p, settings, now),
		intake: consensus.NewIntake(p, now),
		clock:  clock{bound: p.ClockBound(), doubt: doubtBeats * interval, began: time.Now()},

		version: label(version), settings: settings, start: consensus.MillisOf(now), interval: interval,
		hellos: rate.NewLimiter(rate.Every(interval), hellosAtOnce),
	}
}

// heartbeat sends one if it is time for it, and tells what those of the others show.
func (n *Node) heartbeat(ctx context.Context) {
	p := n.pulse
	up := time.Since(p.clock.began)
	if p.due(up, p.topic.Peers()) || !p.begun {
		n.beat(ctx, up)
	}
	p.begun = true
	if up-p.viewed >= p.interval-tickPeriod/2 {
		p.viewed = up
		n.view()
	}
}

// due tells whether it is time for a heartbeat: each interval, and when peers have come.
func (p *pulse) due(up time.Duration, peers int) bool {
	p.hello = p.hello || peers > p.peers
	p.peers = peers
	switch {
	case up-p.sent >= p.interval-tickPeriod/2: // ticks come a little sooner or later
		return true
	case p.hello && p.hellos.AllowN(time.Now(), 1):
		return true
	}
	return false
}

// beat makes a heartbeat and sends it. A node outside the roster sends none, for nobody would take it.
func (n *Node) beat(ctx context.Context, up time.Duration) {
	n.pulse.hello, n.pulse.sent = false, up
	if n.pulse.mute || !n.policy.Roster.Contains(n.key.Address()) {
		return
	}
	h, err := n.makeHeartbeat()
	if err == nil {
		err = n.pulse.topic.Publish(ctx, h.Encode())
	}
	if err != nil && ctx.Err() == nil && !errors.Is(err, gossip.ErrNoPeers) && !errors.Is(err, gossip.ErrClosed) {
		n.log.Warn("send heartbeat", "err", err)
	}
}

// makeHeartbeat returns a new heartbeat of this node, signed.
func (n *Node) makeHeartbeat() (consensus.Heartbeat, error) {
	p, now := n.pulse, n.now()
	sequence := p.sequence.Add(1)
	d := consensus.Details{
		Version: p.version, Settings: p.settings, Peers: uint64(n.topic.Peers()), //nolint:gosec // not negative
		Received: p.intake.Received(now, sequence),
	}
	p.tallies.tell(&d, now)
	if p.archive != nil {
		d.ArchiveUntil, d.Archive = p.archive()
	}
	// What was last seen: the journal may be busy, and the goroutine that beats looks at the clock too.
	waiting := n.outbox.Load()
	d.Backlog, d.BacklogAge = uint64(waiting.size()), waiting.age(now).Round(time.Second) //nolint:gosec // not negative
	for _, a := range n.neighbours() {
		if place, member := p.roll.Place(a); member {
			d.Connect(place)
		}
	}
	h, err := consensus.Heartbeat{
		Network: n.cfg.Network, Start: p.start, Sequence: sequence, Clock: consensus.MillisOf(n.now()), Details: d,
	}.Sign(n.key)
	if err == nil {
		p.roll.Keep(h, now)
	}
	return h, err
}

// receiveHeartbeat is the validator of the heartbeats' topic.
func (n *Node) receiveHeartbeat(_ context.Context, data []byte) gossip.Verdict {
	now := n.now()
	heard := n.pulse.roll.Receive(data, now)
	n.meters.beats[heard.Outcome].Inc()
	if heard.Outcome == consensus.Accepted {
		n.hearArchive(heard.Heartbeat)
		n.book.Heard(heard.Heartbeat.Signer, heard.Heartbeat.Details.Refused, now)
	}
	return verdict(heard.Outcome)
}
