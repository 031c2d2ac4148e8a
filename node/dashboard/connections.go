package dashboard

import "github.com/gossip-price/gossip-price/node/api"

// connections is who says to have whom as a peer.
type connections struct {
	has   [][]bool // by the places of both
	tells []bool   // whether a member's connections are known
}

func newConnections(members []api.Member) connections {
	c := connections{make([][]bool, len(members)), make([]bool, len(members))}
	for i := range members {
		c.has[i] = make([]bool, len(members))
		for _, j := range members[i].Connected {
			if 0 <= j && j < len(members) {
				c.has[i][j] = true
			}
		}
		c.tells[i] = !members[i].Silent && len(members[i].Connected) > 0
	}
	return c
}

// each calls f with all pairs of members that both tell, i after j.
func (c connections) each(f func(i, j int, there, back bool)) {
	for i := range c.tells {
		for j := range i {
			if c.tells[i] && c.tells[j] {
				f(i, j, c.has[i][j], c.has[j][i])
			}
		}
	}
}

// oneSided returns how many connections of each member only one side has.
func (c connections) oneSided() []int {
	lone := make([]int, len(c.tells))
	c.each(func(i, j int, there, back bool) {
		if there != back {
			lone[i]++
			lone[j]++
		}
	})
	return lone
}
