package screen

import (
	"fmt"
	"strings"
	"time"
)

// Options says how a state is shown.
type Options struct {
	Columns int  // at most so wide; below 60 it is 60
	Lines   int  // at most so many; 0: as many as it takes, with bounded lists
	Color   bool // with ANSI colours
	// Lost is why the node does not answer any more; the state is what it last said, at its time. Empty: it answers.
	Lost string
	Now  time.Time // when Lost was found
}

const (
	leastColumns = 60
	// Lists are cut off after so many entries where Options.Lines does not say otherwise.
	mostMembers  = 40
	mostFindings = 12
	mostPairs    = 10
	mostPrices   = 8 // of a round
)

// view is one rendering.
type view struct {
	*State
	paint
	columns int
	lost    bool
	now     time.Time // the node's, where it tells its time
}

// Render shows the state: first whether all is well and what to do, then prices, the last round, the members and what is wrong
// with the network. Each line ends with a line feed.
func Render(s *State, o Options) string {
	v := &view{State: s, paint: paint(o.Color), columns: max(o.Columns, leastColumns), lost: o.Lost != "", now: time.Time(s.Time)}
	if s.Network != nil {
		v.now = time.Time(s.Network.Time)
	}
	top := v.top()
	if o.Lost != "" {
		mark := "LOST for " + ago(o.Now.Sub(time.Time(s.Time))) + " "
		lines := wrapped(mark, o.Lost+"; below is what it said last", v.columns)
		lines[0] = v.bad(mark) + lines[0][len(mark):]
		top = append(lines, top...)
	}
	if s.Error == "" {
		top = append(top, v.checks()...)
		top = append(top, v.prices()...)
		top = append(top, v.round()...)
		room := 0
		if o.Lines > 0 {
			room = max(o.Lines-len(top), 1)
		}
		top = append(top, v.network(room)...)
	}
	if o.Lines > 0 && len(top) > o.Lines {
		top = append(top[:o.Lines-1], v.dim("  .."))
	}
	return strings.Join(top, "\n") + "\n"
}

// top returns the lines about the node itself.
func (v *view) top() []string {
	state := v.good("READY")
	switch {
	case v.Error != "":
		state = v.bad("NO ANSWER")
	case v.lost:
		state = v.bad("LOST")
	case !v.Ready:
		state = v.bad("NOT READY")
	}
	asked := time.Time(v.Time).UTC().Format(time.DateOnly + " 15:04:05Z")
	rest := clip(clean(strings.TrimSpace(v.URL+"  "+v.Version)), v.columns-len("gossip-price  NOT READY    ")-len(asked))
	lines := []string{fmt.Sprintf("%s  %s  %s  %s", v.head("gossip-price"), state, rest, asked)}
	if v.Error != "" {
		return append(lines, wrapped("  ", v.Error, v.columns)...)
	}
	n, self := v.Network, v.self()
	if n == nil {
		return append(lines, v.absent(PartNetwork, "network")...)
	}
	who := fmt.Sprintf("node      %s of network %s", n.Self, clean(n.Name))
	if self != nil && self.Started != nil {
		who += ", up " + ago(between(*self.Started, n.Time))
	}
	lines = append(lines, clip(who, v.columns), clip("clock     "+v.clock(), v.columns))
	if self != nil {
		prices := fmt.Sprintf("prices    %d reached quorum and %d were not co-signed since the start; %d peers", self.Quorums, self.Refusals, self.Peers)
		lines = append(lines, clip(prices, v.columns), clip("store     "+v.store(), v.columns))
	}
	return lines
}

// clock says how the node's clock is.
func (v *view) clock() string {
	c := v.Network.Clock
	text := fmt.Sprintf("%d of %d clocks heard that it takes to tell", c.Heard, c.Needed)
	if c.Offset != nil {
		text = fmt.Sprintf("%s against the median of %s", signed(millis(*c.Offset)), Count(c.Heard, "other"))
	}
	if c.Fault != "" {
		text += "; " + clean(c.Fault)
	}
	return text
}

// store says what waits for the price store, and what is there.
func (v *view) store() string {
	m := v.self()
	text := Count(int(min(m.Backlog, 1<<31)), "price") + " waiting"
	if m.Backlog > 0 {
		text += ", the oldest for " + ago(millis(m.BacklogAge))
	}
	if m.LastRow != nil {
		text += ", last row of round " + clock(*m.LastRow, v.now)
	} else {
		text += ", no row known"
	}
	return text
}

// absent says why a part is missing, in one line; nothing when nothing is known of it.
func (v *view) absent(part, title string) []string {
	why, told := v.Missing[part]
	if !told {
		return nil
	}
	return []string{v.dim(clip(clean(fmt.Sprintf("%-9s not told: %s", title, why)), v.columns))}
}
