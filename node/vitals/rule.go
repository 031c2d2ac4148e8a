package vitals

import "github.com/gossip-price/gossip-price/node/api"

// Rule is one check: how a look is judged, what follows where all is not well, and what to do then. One that is made elsewhere has
// no judge: who made it has the Verdict, and Check makes a check of it.
type Rule struct {
	Name    string // one word or two, joined by underscores
	Meaning string
	Remedy  string

	judge  func(*Glance) Verdict
	worst  api.CheckState
	ofKey  bool // it is about the node's key
	steady bool // what is judged does not come and go at the edge by itself: it is shown at once
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
