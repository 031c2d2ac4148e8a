package devnet

import (
	"fmt"
	"sync"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/node"
)

// maxShown bounds the prices that the board follows; older ones that got no quorum are forgotten together.
const maxShown = 1024

// board puts together what the nodes tell of each price, and writes a line when it has taken a step.
type board struct {
	screen *screen
	names  map[signing.Address]string

	mu                      sync.Mutex // guards all below
	shown                   map[signing.Digest]*shownPrice
	proposed, quorums, rows int
}

type shownPrice struct {
	signers  map[signing.Address]bool
	verified bool
}

func newBoard(s *screen, names map[signing.Address]string) *board {
	return &board{screen: s, names: names, shown: make(map[signing.Digest]*shownPrice)}
}

// observe takes an event of the named node.
func (b *board) observe(name string, e node.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e.Step {
	case node.Proposed:
		b.proposed++
		b.count(e)
	case node.Signed, node.Quorum:
		b.count(e)
	case node.Refused:
		b.line(e, fmt.Sprintf("%s refused to sign: %s", name, e.Refusal))
	case node.Stored:
		if !e.ByOther {
			b.rows++
			b.line(e, fmt.Sprintf("row written by %s, %d signatures", name, len(e.Signers)))
			delete(b.shown, e.ID)
		}
	case node.Fetched: // the proposal that follows says it all
	}
}

// count adds the signers of an event to its price and tells each new one. The one that completes the quorum waits until a node
// has the price on its disk: before that nobody may call it verified.
func (b *board) count(e node.Event) {
	p := b.shown[e.ID]
	if p == nil {
		if e.Step != node.Proposed {
			return // written already
		}
		if len(b.shown) >= maxShown {
			clear(b.shown)
		}
		p = &shownPrice{signers: make(map[signing.Address]bool)}
		b.shown[e.ID] = p
	}
	for _, a := range e.Signers {
		completes := len(p.signers) == quorum-1
		if p.signers[a] || completes && e.Step != node.Quorum {
			continue
		}
		p.signers[a] = true
		text := fmt.Sprintf("%d of %d signers  %s", len(p.signers), len(b.names), b.signed(e, a))
		if completes {
			p.verified = true
			b.quorums++
			text += ", verified"
		}
		b.line(e, text)
	}
}

func (b *board) signed(e node.Event, signer signing.Address) string {
	if signer == e.Observation.Proposer {
		return "proposed by " + b.names[signer]
	}
	return "+ " + b.names[signer]
}

func (b *board) line(e node.Event, text string) {
	b.screen.line("%s  %s %-8s  %s", e.ID.Short(), e.Observation.Pair, e.Observation.Price, text)
}

// waiting returns how many verified prices wait for their row.
func (b *board) waiting() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, p := range b.shown {
		if p.verified {
			n++
		}
	}
	return n
}

// totals returns how many prices were proposed, reached quorum, and were written.
func (b *board) totals() (proposed, quorums, rows int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.proposed, b.quorums, b.rows
}
