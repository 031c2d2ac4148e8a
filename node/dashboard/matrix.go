package dashboard

import (
	"fmt"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/node/api"
)

// shownMatrix bounds rows and columns of the matrix.
const shownMatrix = 64

// matrix is who received how much of whose prices.
type matrix struct {
	Columns []name
	Rows    []matrixRow
	All     int // members; more than there are columns when some are left out
	Rounds  int // the most that a member counts; 0: nobody has told anything
}

// Size is the class of a matrix that may be drawn large, or that needs the page's width.
func (m matrix) Size() string {
	switch {
	case len(m.Columns) <= 8:
		return "few"
	case len(m.Columns) > 16:
		return "many"
	}
	return "some"
}

// matrixRow is what one member received.
type matrixRow struct {
	Name   name
	Silent bool
	Cells  []cell
}

// cell is what came of one member to another one.
type cell struct {
	Text  string // percent of what comes to most others; a sign where there is none
	Level string // how much it is: the class of its colour
	Title string
	Poor  bool // it is a finding
}

// newMatrix makes the matrix; of a large network, of those members between which most is missing.
func newMatrix(n api.Network, who names) matrix {
	r := newReception(n.Members)
	poor := make(map[[2]signing.Address]bool)
	for _, f := range n.Findings {
		if f.Kind == consensus.ReceivesTooLittle && f.Other != nil {
			poor[[2]signing.Address{f.Member, *f.Other}] = true
		}
	}
	m := matrix{All: len(n.Members)}
	shown := r.worst(shownMatrix)
	for _, from := range shown {
		m.Columns = append(m.Columns, who.of(n.Members[from].Address))
	}
	for _, to := range shown {
		receiver := &n.Members[to]
		row := matrixRow{Name: who.of(receiver.Address), Silent: receiver.Silent}
		for _, part := range receiver.Received {
			m.Rounds = max(m.Rounds, part.Rounds)
		}
		for _, from := range shown {
			c := r.cell(to, from)
			c.Poor = poor[[2]signing.Address{receiver.Address, n.Members[from].Address}]
			row.Cells = append(row.Cells, c)
		}
		m.Rows = append(m.Rows, row)
	}
	return m
}

func (r reception) cell(to, from int) cell {
	percent, known := r.percent(to, from)
	switch {
	case to == from:
		return cell{Text: "·", Level: "own", Title: "itself"}
	case !known:
		return cell{Text: "–", Level: "none", Title: "not known"}
	}
	prices, rounds := r.came(to, from)
	return cell{Text: fmt.Sprint(percent), Level: level(percent), Title: fmt.Sprintf("%d prices in %d rounds", prices, rounds)}
}

// level names a colour of the map.
func level(percent int) string {
	for _, l := range []struct {
		from int
		name string
	}{{95, "l5"}, {80, "l4"}, {60, "l3"}, {40, "l2"}, {20, "l1"}} {
		if percent >= l.from {
			return l.name
		}
	}
	return "l0"
}
