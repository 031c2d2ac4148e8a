package node

import (
	"slices"
	"sync"

	"github.com/gossip-price/gossip-price/consensus"
)

// maxTold bounds the lines of one kind that one look at the network makes: when half of it is gone, one line says so.
const maxTold = 8

// watch is what was last seen of the network.
type watch struct {
	alarms consensus.Alarms // of the tick loop

	seeing  sync.Mutex // guards what follows
	lasting []consensus.Alarm
	seen    []consensus.Member // changed by nobody
}

// view looks at the network, and tells what has begun to be wrong and what is well again.
func (n *Node) view() {
	v := n.pulse.roll.View(n.now())
	n.book.Silent(silent(v), v.At)
	began, ended := n.pulse.alarms.Update(v.Findings, v.At)
	n.pulse.seeing.Lock()
	n.pulse.lasting, n.pulse.seen = n.pulse.alarms.Lasting(), v.Members
	n.pulse.seeing.Unlock()
	for _, trouble := range consensus.Troubles() {
		n.tellAlarms(trouble, began, n.warnOf(trouble), "")
		n.tellAlarms(trouble, ended, n.log.Info, "no longer: ")
	}
}

func (n *Node) warnOf(trouble consensus.Trouble) func(string, ...any) {
	if trouble == consensus.VersionDiffers {
		return n.log.Info // as in every upgrade
	}
	return n.log.Warn
}

// tellAlarms tells those of a kind, a line each, unless they are many.
func (n *Node) tellAlarms(trouble consensus.Trouble, alarms []consensus.Alarm, tell func(string, ...any), prefix string) {
	of := slices.DeleteFunc(slices.Clone(alarms), func(a consensus.Alarm) bool {
		return a.Trouble != trouble || trouble == consensus.ClockOff && a.Member == n.key.Address() // that the clock tells itself
	})
	for _, a := range of[:min(len(of), maxTold)] {
		tell("network: "+prefix+a.Text, "finding", trouble, "since", a.Since.UTC())
	}
	if more := len(of) - maxTold; more > 0 {
		tell("network: "+prefix+"as much of others", "finding", trouble, "more", more)
	}
}

// lastSeen returns the members as they were at the last look.
func (p *pulse) lastSeen() []consensus.Member {
	p.seeing.Lock()
	defer p.seeing.Unlock()
	return p.seen
}

// troubles returns what is wrong with the network, the oldest first.
func (p *pulse) troubles() []consensus.Alarm {
	p.seeing.Lock()
	defer p.seeing.Unlock()
	return slices.Clone(p.lasting)
}
