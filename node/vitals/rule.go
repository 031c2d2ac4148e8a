package vitals

import (
	"fmt"

	"github.com/gossip-price/gossip-price/node/api"
)

// Rule is one check: how a look is judged, what follows where all is not well, and what to do then.
type Rule struct {
	Name    string // one word or two, joined by underscores
	Meaning string
	Remedy  string

	judge  func(*Glance) Verdict
	worst  api.CheckState
	ofKey  bool // it is about the node's key
	steady bool // what is judged does not come and go at the edge by itself: it is shown at once
}

// Verdict is how a look was judged: what was found, in words and with figures.
type Verdict struct {
	State  api.CheckState
	Detail string
}

// Judge returns how the rule judges a look.
func (r *Rule) Judge(g *Glance) Verdict { return r.judge(g) }

// Worst returns the worst state that the check can have.
func (r *Rule) Worst() api.CheckState { return r.worst }

// OfKey tells whether the check is about the node's key, and can't be judged without one.
func (r *Rule) OfKey() bool { return r.ofKey }

// Check returns the verdict as a check, with its meaning and remedy where all is not well.
func (r *Rule) Check(v Verdict) api.Check {
	c := api.Check{Name: r.Name, State: v.State, Detail: v.Detail}
	if v.State != api.CheckOK {
		c.Meaning, c.Remedy = r.Meaning, r.Remedy
	}
	return c
}

func well(format string, args ...any) Verdict {
	return Verdict{api.CheckOK, fmt.Sprintf(format, args...)}
}

func warning(format string, args ...any) Verdict {
	return Verdict{api.CheckWarning, fmt.Sprintf(format, args...)}
}

func failing(format string, args ...any) Verdict {
	return Verdict{api.CheckFailing, fmt.Sprintf(format, args...)}
}
