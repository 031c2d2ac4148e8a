package gossip

import (
	"errors"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
)

// maxAccounts bounds the peers whose traffic is remembered: as many as can be connected. The one silent for longest goes
// first.
const maxAccounts = maxPerAddress

// fault says in words why a peer is cut.
type fault string

const (
	invalidMessages fault = "invalid messages"
	flooding        fault = "flooding"
	misbehaviour    fault = "broken gossip promises or early grafts"
)

// Why an RPC is dropped unread.
var (
	errLimited = errors.New("peer is beyond its rate limit")
	errRefused = errors.New("peer is cut off")
)

// ledger judges peers by what they send. gossipsub's own counter of invalid messages (P4) is not used, and its scores
// alone cut nobody: they leave out a peer that sends but lets this node open no stream to it.
type ledger struct {
	budget budget
	bans   *bans
	wake   func() // a peer is to be cut; must not block

	mu       sync.Mutex // guards all below; gossipsub calls score with a lock of its own held
	accounts map[peer.ID]*account
	scores   Scores
}

func newLedger(b budget, bans *bans, wake func()) *ledger {
	return &ledger{budget: b, bans: bans, wake: wake, accounts: make(map[peer.ID]*account)}
}

// admit tells whether an RPC may be read: nil, errLimited or errRefused.
func (l *ledger) admit(from peer.ID, load load, now time.Time) error {
	if l.bans.has(from, now) {
		return errRefused
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.account(from, now)
	if a.fault != "" {
		return errRefused
	}
	a.heard = now
	// gossipsub would drop it too, silently.
	tooMany := load.subscriptions > maxAnnounced
	within, flood := a.take(load, now)
	if flood {
		l.condemn(a, flooding)
	}
	if tooMany || !within {
		return errLimited
	}
	return nil
}

// invalid notes a message that no honest peer sends.
func (l *ledger) invalid(from peer.ID, now time.Time) {
	if l.bans.has(from, now) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if a := l.account(from, now); !a.invalid.AllowN(now, 1) {
		l.condemn(a, invalidMessages)
	}
}

// score is gossipsub's application score of a peer.
func (l *ledger) score(id peer.ID, now time.Time) float64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if a, ok := l.accounts[id]; ok {
		return a.score(now)
	}
	return 0
}

// account returns a peer's account, with the lock held.
func (l *ledger) account(id peer.ID, now time.Time) *account {
	if a, ok := l.accounts[id]; ok {
		return a
	}
	if len(l.accounts) >= maxAccounts {
		var silent peer.ID
		var since time.Time
		for id, a := range l.accounts {
			// Who is to be cut is kept until that is done.
			if a.fault == "" && (silent == "" || a.heard.Before(since)) {
				silent, since = id, a.heard
			}
		}
		delete(l.accounts, silent)
	}
	a := newAccount(l.budget)
	a.heard = now
	l.accounts[id] = a
	return a
}

// condemn has a peer cut, with the lock held. The first fault stays.
func (l *ledger) condemn(a *account, why fault) {
	if a.fault == "" {
		a.fault = why
		l.wake()
	}
}
