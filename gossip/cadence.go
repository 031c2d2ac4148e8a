package gossip

import (
	"time"

	"golang.org/x/time/rate"
)

// Cadence is the most that a topic's network has to say when everybody follows the protocol. From it comes how much is
// taken from one peer: an honest one passes each message on at most once to the same peer. The zero value stands for
// 1024 messages a second.
type Cadence struct {
	// Messages is how many different messages of a topic the validators accept in each Every, from all nodes together.
	Messages int
	// Every is the period of Messages. Let it be no shorter than the time for which validators still take an old
	// message: hostile nodes may hold theirs back and send all at once, and honest ones then pass all of them on.
	Every time.Duration
	// Again is how many messages one node may have to send once more in a second, with other bytes, because peers came
	// (docs/protocol.md, section 4). Receivers who learn nothing from them don't pass them on, so other nodes' do not
	// count.
	Again int
}

// sound tells whether a cadence can be kept; the zero value can.
func (c Cadence) sound() bool {
	return c == Cadence{} || c.Messages > 0 && c.Every > 0 && c.Again >= 0
}

const (
	// defaultMessages a second are the Cadence of a topic that has none.
	defaultMessages = 1024

	// headroom is what a peer may send above the cadence: clocks differ, and a message that gossip announced is asked
	// for although it is on its way already.
	headroom = 1.2
	// periods of the cadence may come at once: what was held up in a cut, or by this node being busy.
	periods = 3

	// mostMessages bounds what is taken of one peer, however much the cadence allows: at large settings (100 nodes with
	// rounds of a second) that is more than a node can read. Beyond it messages are dropped; a peer is cut only for what
	// goes beyond the cadence, which hostile members can make honest peers pass on.
	mostMessages = 2000 // a second
	// mostAtOnce is as mostMessages, for what comes at once.
	mostAtOnce = 20_000

	// controlPerSecond is how many entries of control a peer may send for a topic: gossipsub's heartbeat, once a
	// second, makes at most one each of IHAVE, IWANT, GRAFT and PRUNE; twice that. Nothing that others send makes an
	// honest peer send more of it, so no peer can have another one cut.
	controlPerSecond = 8
	// controlSize is what an entry of control takes on average: 30 message ids.
	controlSize = 1024
)

// allowance is a rate a second, and what may come at once.
type allowance struct {
	rate  float64
	burst int
}

// atMost returns the allowance, or as much of it as the other one has.
func (a allowance) atMost(b allowance) allowance {
	return allowance{min(a.rate, b.rate), min(a.burst, b.burst)}
}

// bucket returns a full token bucket.
func (a allowance) bucket() *rate.Limiter { return rate.NewLimiter(rate.Limit(a.rate), a.burst) }

// fills is how long an empty bucket takes to be full.
func (a allowance) fills() time.Duration {
	return time.Duration(float64(a.burst) / a.rate * float64(time.Second))
}

// budget is what one peer may send.
type budget struct {
	messages allowance
	control  allowance // entries of control messages, and subscriptions
	bytes    allowance
}

// newBudget adds up what the topics allow.
func newBudget(topics []TopicConfig) budget {
	b := budget{control: allowance{burst: maxAnnounced}}
	longest := 0
	for _, t := range topics {
		c := t.Cadence
		if c == (Cadence{}) {
			c = Cadence{Messages: defaultMessages, Every: time.Second}
		}
		b.messages.rate += headroom*float64(c.Messages)/c.Every.Seconds() + float64(c.Again)
		b.messages.burst += periods * (c.Messages + c.Again)
		b.control.rate += controlPerSecond
		b.control.burst += periods * controlPerSecond
		longest = max(longest, t.MaxBytes+len(t.Name)+envelope)
	}
	b.bytes.rate = float64(longest)*b.messages.rate + controlSize*b.control.rate
	b.bytes.burst = longest*b.messages.burst + controlSize*b.control.burst
	return b
}
