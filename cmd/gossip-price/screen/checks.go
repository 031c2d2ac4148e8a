package screen

import (
	"fmt"

	"github.com/gossip-price/gossip-price/node/api"
)

// checks returns what is not well with the node, with what follows and what to do; the rest is counted.
func (v *view) checks() []string {
	if v.Checks == nil {
		return append(v.problems(), v.absent(PartChecks, "checks")...)
	}
	var ok, warnings, failing int
	var lines []string
	told := make(map[string]bool)
	for _, c := range v.Checks {
		told[c.Name] = true
		switch c.State {
		case api.CheckOK:
			ok++
			continue
		case api.CheckFailing:
			failing++
		default:
			warnings++
		}
		lines = append(lines, v.check(c)...)
	}
	head := v.good(fmt.Sprintf("%d ok", ok))
	if warnings > 0 {
		head += ", " + v.warn(Count(warnings, "warning"))
	}
	if failing > 0 {
		head += ", " + v.bad(fmt.Sprintf("%d failing", failing))
	}
	lines = append([]string{v.head("checks") + "    " + head}, lines...)
	for _, p := range v.Problems {
		if !told[p.Name] { // what the checks do not know
			lines = append(lines, v.bad("  not ready ")+clip(clean(p.Name+": "+p.Detail), v.columns-12))
		}
	}
	return lines
}

// check returns the lines about a check that is not well.
func (v *view) check(c api.Check) []string {
	mark, style := "warning", v.warn
	if c.State == api.CheckFailing {
		mark, style = "FAILING", v.bad
	}
	text := c.Name + ": " + c.Detail
	if c.Since != nil {
		text += " (since " + clock(*c.Since, v.now) + ")"
	}
	lines := wrapped(fmt.Sprintf("  %s ", mark), text, v.columns)
	lines[0] = "  " + style(mark) + lines[0][2+len(mark):]
	if c.Meaning != "" {
		lines = append(lines, wrapped("          means: ", c.Meaning, v.columns)...)
	}
	if c.Remedy != "" {
		lines = append(lines, wrapped("          do:    ", c.Remedy, v.columns)...)
	}
	return lines
}

// problems returns why the node is not ready, of a node that tells no checks.
func (v *view) problems() []string {
	var lines []string
	for _, p := range v.Problems {
		more := wrapped("  not ready ", p.Name+": "+p.Detail, v.columns)
		more[0] = "  " + v.bad("not ready") + more[0][11:]
		lines = append(lines, more...)
	}
	return lines
}
