package dashboard

import (
	"fmt"
	"strings"
	"time"

	"github.com/gossip-price/gossip-price/node/api"
)

// shownFindings bounds the findings that are shown.
const shownFindings = 20

// health is what is wrong, and what to do about it.
type health struct {
	State    api.CheckState
	Headline string
	Wrong    []check // those that fail first
	Well     []check
	Findings []finding
	More     int // findings that are not shown
}

// check is an api.Check in words.
type check struct {
	Name, Detail, Meaning, Remedy string
	Failing                       bool
	lasting
}

// finding is something that is wrong with the network.
type finding struct {
	Text string
	lasting
}

// lasting is since when something is as it is. Age tells more than a time of the day where that is another day's.
type lasting struct {
	Since time.Time // zero: the node's start
	Age   time.Duration
}

func lastingSince(t, now time.Time) lasting { return lasting{t, now.Sub(t)} }

func newHealth(checks []api.Check, found []api.Finding, who names, now time.Time) health {
	h := health{State: api.CheckOK}
	var warnings []check
	for _, c := range checks {
		shown := check{
			Name: strings.ReplaceAll(c.Name, "_", " "), Detail: who.in(c.Detail), Meaning: who.in(c.Meaning),
			Remedy: who.in(c.Remedy), Failing: c.State == api.CheckFailing, lasting: lastingSince(at(c.Since), now),
		}
		switch c.State {
		case api.CheckFailing:
			h.State = api.CheckFailing
			h.Wrong = append(h.Wrong, shown)
		case api.CheckWarning:
			warnings = append(warnings, shown)
		case api.CheckOK:
			h.Well = append(h.Well, shown)
		}
	}
	h.Wrong = append(h.Wrong, warnings...)
	if h.State == api.CheckOK && len(h.Wrong)+len(found) > 0 {
		h.State = api.CheckWarning
	}
	for _, f := range found[:min(len(found), shownFindings)] {
		h.Findings = append(h.Findings, finding{who.in(f.Text), lastingSince(time.Time(f.Since), now)})
	}
	h.More = len(found) - len(h.Findings)
	h.Headline = headline(h.State, len(checks), len(h.Wrong), len(found))
	return h
}

func headline(state api.CheckState, checks, wrong, found int) string {
	switch {
	case state == api.CheckFailing:
		return "Prices don't reach quorum, or don't get stored"
	case wrong > 0:
		return "Prices flow, and somebody should look"
	case found > 0:
		return fmt.Sprintf("This node is well; %s on the network", count(found, "finding"))
	case checks == 0:
		return "This node has not looked at itself yet"
	}
	return "All is well"
}
