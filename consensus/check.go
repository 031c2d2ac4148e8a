package consensus

import (
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/gossip-price/gossip-price/consensus/signing"
)

// maxChecks bounds the signatures whose recovery is remembered beside those that tallies hold: those under way, and those
// of reports that brought nothing in the end. It is more than an honest network has on its way at once.
const maxChecks = 1024

// signed is what a check is about: an attestation of an observation.
type signed struct {
	observation Observation
	attestation Attestation
}

// check is the recovery of one signature. The first that needs it does it; who needs it meanwhile waits for the result,
// and who needs it later reads it.
type check struct {
	signed
	once sync.Once
	good bool // once it is done
}

// checks are the last maxChecks that were asked for.
type checks struct {
	table map[signed]*check
	order []*check // a ring of them
	next  int      // the oldest of a full ring
}

// of returns the check of an attestation. Whether a tally knows it already must have been looked at under the same lock.
func (c *checks) of(s signed) *check {
	if known, ok := c.table[s]; ok {
		return known
	}
	made := &check{signed: s}
	if len(c.order) < maxChecks {
		c.order = append(c.order, made)
	} else {
		delete(c.table, c.order[c.next].signed)
		c.order[c.next] = made
		c.next = (c.next + 1) % maxChecks
	}
	c.table[s] = made
	return made
}

// checksOf returns the checks of attestations of one observation. Called with mu held.
func (e *Engine) checksOf(o Observation, attestations []Attestation) []*check {
	list := make([]*check, len(attestations))
	for i, a := range attestations {
		list[i] = e.checks.of(signed{o, a})
	}
	return list
}

// verified does a check, unless that was done. Called without the lock.
func (e *Engine) verified(c *check, id signing.Digest) bool {
	c.once.Do(func() { c.good = e.verifySignature(id, c.attestation.Signer, c.attestation.Signature) == nil })
	return c.good
}

// allVerified does the checks of one observation in their order, up to the first bad one. Cores that verify nothing at
// present help. Called without the lock.
func (e *Engine) allVerified(list []*check, id signing.Digest) bool {
	e.cores.enter()
	defer e.cores.leave()
	if len(list) == 1 {
		return e.verified(list[0], id)
	}
	var next atomic.Int64
	var bad atomic.Bool
	work := func() {
		for !bad.Load() {
			i := int(next.Add(1)) - 1
			if i >= len(list) {
				return
			}
			if !e.verified(list[i], id) {
				bad.Store(true)
			}
		}
	}
	var helpers sync.WaitGroup
	for range (len(list) - 1) / 2 {
		if !e.cores.help() {
			break
		}
		helpers.Go(func() {
			defer e.cores.leave()
			work()
		})
	}
	work()
	helpers.Wait()
	return !bad.Load()
}

// cores counts the goroutines of a node that recover signatures, so that reports are helped only as far as cores are
// idle: each report has its own goroutine anyway.
type cores struct {
	busy atomic.Int64
	all  int64
}

func newCores() *cores { return &cores{all: int64(runtime.GOMAXPROCS(0))} }

func (c *cores) enter() { c.busy.Add(1) }

func (c *cores) leave() { c.busy.Add(-1) }

// help is enter where a core is idle.
func (c *cores) help() bool {
	for busy := c.busy.Load(); busy < c.all; busy = c.busy.Load() {
		if c.busy.CompareAndSwap(busy, busy+1) {
			return true
		}
	}
	return false
}
