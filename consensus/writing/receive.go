package writing

import (
	"slices"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

const (
	// MaxNotices bounds the notices that one writer makes in a window: what is due beyond them waits for the next turn.
	// The three turns of a window take about as many rows as a node looks at in its outbox.
	MaxNotices = 16
	// MaxSaid bounds the messages of one signer and window: its notices, and an audit.
	MaxSaid = MaxNotices + 1
	// TakenFor is how many windows after its start a message's window is still taken: its own and one for the way.
	TakenFor = 2
)

// signerInWindow is what one signer said in one window.
type signerInWindow struct {
	notices, audits []signing.Digest
}

// Receive decodes a message of the topic, checks it and takes note of it, in one step (section 3.9).
func (m *Machine) Receive(data []byte, now time.Time) Outcome {
	w, err := consensus.DecodeWriting(data)
	if err != nil {
		return Malformed
	}
	msg := newMessage(w)
	if outcome := m.screen(msg, now); outcome != Accepted {
		return outcome
	}
	if signing.Verify(msg.digest, msg.signer, msg.signature) != nil {
		return BadSignature
	}
	return m.hear(msg, now)
}

// message is a notice or an audit with what both have.
type message struct {
	consensus.Writing
	network, store string
	window         consensus.Window
	signer         signing.Address
	signature      signing.Signature
	digest         signing.Digest
}

func newMessage(w consensus.Writing) message {
	if n := w.Notice; n != nil {
		return message{w, n.Network, n.Store, n.Window, n.Writer, n.Signature, n.Digest()}
	}
	a := w.Audit
	return message{w, a.Network, a.Store, a.Window, a.Auditor, a.Signature, a.Digest()}
}

// kept is for how many windows is remembered who said what: all that are taken by any clock.
func (m *Machine) kept() int {
	apart := int((m.cfg.Skew + m.cfg.Interval - 1) / m.cfg.Interval)
	return TakenFor + 2*apart
}

// screen makes the checks that cost little.
func (m *Machine) screen(msg message, now time.Time) Outcome {
	start := msg.window.Start()
	switch {
	case msg.network != m.cfg.Network:
		return ForeignNetwork
	case uint64(msg.window)%uint64(m.cfg.Interval.Milliseconds()) != 0:
		return Misaligned
	case now.Before(start.Add(-m.cfg.Skew)) || now.After(start.Add(TakenFor*m.cfg.Interval+m.cfg.Skew)):
		return Stale
	case m.cfg.Roster.Open() || !m.cfg.Roster.Contains(msg.signer):
		return UnknownSigner
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.news(msg)
}

// news tells whether a message is new, and not one too many. Called with mu held.
func (m *Machine) news(msg message) Outcome {
	said, ok := m.said[msg.window][msg.signer]
	if !ok {
		return Accepted
	}
	list, most := said.notices, MaxNotices
	if msg.Audit != nil {
		list, most = said.audits, MaxSaid-MaxNotices
	}
	switch {
	case slices.Contains(list, msg.digest):
		return Duplicate
	case len(list) >= most:
		return TooMany
	}
	return Accepted
}

// hear takes note of a message whose signature is good.
func (m *Machine) hear(msg message, now time.Time) Outcome {
	m.mu.Lock()
	defer m.mu.Unlock()
	if outcome := m.news(msg); outcome != Accepted { // another copy was faster
		return outcome
	}
	m.note(msg)
	if msg.store != m.store || m.store == "" {
		return OtherStore
	}
	if msg.signer != m.cfg.Self {
		m.heard, m.alone = now, m.cfg.Alone
		if msg.Audit != nil || len(msg.Notice.IDs) > 0 {
			m.works = now
		}
		if msg.Audit == nil && len(msg.Notice.IDs) > 0 {
			m.took = now
		}
	}
	if msg.Notice != nil {
		m.announced(*msg.Notice, msg.digest)
	} else {
		m.audited(*msg.Audit)
	}
	return Accepted
}

// note takes note of who said what. Called with mu held.
func (m *Machine) note(msg message) {
	window, ok := m.said[msg.window]
	if !ok {
		window = make(map[signing.Address]*signerInWindow)
		m.said[msg.window] = window
	}
	said, ok := window[msg.signer]
	if !ok {
		said = new(signerInWindow)
		window[msg.signer] = said
	}
	if msg.Notice != nil {
		said.notices = append(said.notices, msg.digest)
	} else {
		said.audits = append(said.audits, msg.digest)
	}
}
