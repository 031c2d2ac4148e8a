package dashboard

import (
	"fmt"
	"math"
	"strings"

	"github.com/gossip-price/gossip-price/node/api"
)

const (
	// shownRing bounds the members that are drawn.
	shownRing = 64
	// shownOneSided bounds the one-sided connections that are shown.
	shownOneSided = 32
	// ringSize is the side of the drawing, ringRadius that of the circle of nodes, labelRadius that of their numbers.
	ringSize    = 400
	ringRadius  = 165
	labelRadius = 186
)

// ring is who has whom as a peer, members as points on a circle.
type ring struct {
	Size     int
	Nodes    []ringNode // none in a network too large to be drawn
	Lines    string     // SVG path data: connections that both sides have
	OneSided []oneSided
	More     int // one-sided ones that are not shown
	Both     int
	Possible int // pairs of members of which both tell
}

// ringNode is a point with a label further out.
type ringNode struct {
	Name           name
	Silent         bool
	X, Y           int
	LabelX, LabelY int
}

// oneSided is a connection that only one side has.
type oneSided struct {
	From, To ringNode
}

func newRing(members []api.Member, connected connections, who names) ring {
	r := ring{Size: ringSize}
	nodes := make([]ringNode, len(members))
	for i := range nodes {
		nodes[i] = onRing(i, len(nodes))
		nodes[i].Name, nodes[i].Silent = who.of(members[i].Address), members[i].Silent
	}
	if len(members) <= shownRing {
		r.Nodes = nodes
	}
	var lines strings.Builder
	connected.each(func(i, j int, there, back bool) {
		r.Possible++
		switch {
		case there && back:
			r.Both++
			if r.Nodes != nil {
				fmt.Fprintf(&lines, "M%d %dL%d %d", nodes[i].X, nodes[i].Y, nodes[j].X, nodes[j].Y)
			}
		case there:
			r.note(oneSided{nodes[i], nodes[j]})
		case back:
			r.note(oneSided{nodes[j], nodes[i]})
		}
	})
	r.Lines = lines.String()
	return r
}

// note notes a connection that only one side has.
func (r *ring) note(o oneSided) {
	if len(r.OneSided) >= shownOneSided {
		r.More++
		return
	}
	r.OneSided = append(r.OneSided, o)
}

// Words says what the drawing shows.
func (r ring) Words() string {
	lone := len(r.OneSided) + r.More
	text := fmt.Sprintf("%d of %d possible connections between the nodes that tell theirs", r.Both+lone, r.Possible)
	if lone > 0 {
		text += fmt.Sprintf("; %d one-sided", lone)
	}
	return text + "."
}

// onRing returns the place of a node among so many, the first one at the top.
func onRing(i, all int) ringNode {
	sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(all))
	place := func(radius float64) (x, y int) {
		return ringSize/2 + int(math.Round(radius*sin)), ringSize/2 - int(math.Round(radius*cos))
	}
	var n ringNode
	n.X, n.Y = place(ringRadius)
	n.LabelX, n.LabelY = place(labelRadius)
	return n
}
