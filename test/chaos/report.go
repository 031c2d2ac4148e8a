package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// report writes what became of a run, in Markdown.
func (r *run) report(out io.Writer) {
	t := r.ledger.totals(r.ended)
	_, broken := r.violations.all()
	fmt.Fprintf(out, "Chaos with seed %d for %g minutes: %s.\n\n", r.options.seed, r.options.minutes, verdict(broken))
	fmt.Fprintf(out, "%d faults in %d episodes; %d nodes, quorum %d, a round every %s, settle %s, flush %s. ",
		len(r.plan), len(r.injector.mended), clusterNodes, clusterQuorum, interval, settle, flush)
	fmt.Fprintf(out, "%d certificates were told as verified by a node, %d of them are stored, %d are missing. ",
		t.certificates, t.stored, len(r.ledger.missing(r.ended)))
	if t.orphans > 0 {
		fmt.Fprintf(out, "%d had been seen only by nodes whose journal was deleted before they were stored. ", t.orphans)
	}
	fmt.Fprintf(out, "%d of %d rounds have a price. %d proofs of two prices for one round.\n\n",
		t.priced, t.rounds, r.convictions)
	r.table(out)
	fmt.Fprintln(out)
	r.reportMemory(out)
	if left := leftOut(r.cluster.engine.abilities()); len(left) > 0 {
		fmt.Fprintf(out, "\nNOT TESTED here, the engine can't do it: %s.\n", strings.Join(left, ", "))
	}
	r.reportViolations(out)
	r.reportComplaints(out)
}

func verdict(broken int) string {
	if broken > 0 {
		return fmt.Sprintf("FAILED: %d violations", broken)
	}
	return "all invariants held"
}

// result writes the last events: how each fault was got over, and whether all invariants held, which it returns.
func (r *run) result() bool {
	for _, one := range r.recoveries.all() {
		r.events.write(event{
			Event: eventRecovered, Fault: &one.fault, Overtaken: one.overtaken,
			Ready: within(one.ready), Quorum: within(one.quorum), Stored: within(one.stored),
		})
	}
	_, broken := r.violations.all()
	r.events.write(event{Event: eventResult, Detail: verdict(broken)})
	return broken == 0
}

// table writes a line for each kind of fault.
func (r *run) table(out io.Writer) {
	fmt.Fprintln(out, "| fault | what was done | how often | lost | ready again after: p50, max | own price has quorum after | all stored after | next fault came before |")
	fmt.Fprintln(out, "|---|---|---|---|---|---|---|---|")
	lost := r.lostDuring()
	for _, k := range kinds() {
		var ready, quorum, stored []time.Duration
		count, overtaken := 0, 0
		for _, one := range r.recoveries.all() {
			if one.fault.Kind != k.name {
				continue
			}
			count++
			if one.overtaken {
				overtaken++
			}
			ready, quorum, stored = append(ready, one.ready), append(quorum, one.quorum), append(stored, one.stored)
		}
		if count > 0 {
			fmt.Fprintf(out, "| %s | %s | %d | %d | %s | %s | %s | %d |\n",
				k.name, k.what, count, lost[k.name], spreadOf(ready), spreadOf(quorum), spreadOf(stored), overtaken)
		}
	}
}

// lostDuring returns how many certificates that were first seen during a kind of fault are missing.
func (r *run) lostDuring() map[string]int {
	lost := make(map[string]int)
	for _, s := range r.ledger.missing(r.ended) {
		for _, f := range r.plan {
			begin := r.started.Add(f.At.duration())
			if s.first.After(begin) && s.first.Before(r.started.Add(f.end().duration()+interval)) {
				lost[f.Kind]++
			}
		}
	}
	return lost
}

// spreadOf writes the median and the maximum.
func spreadOf(times []time.Duration) string {
	if slices.Contains(times, pending) {
		return "NEVER"
	}
	return fmt.Sprintf("%.1f s, %.1f s", percentile(times, 50).Seconds(), slices.Max(times).Seconds())
}

func (r *run) reportMemory(out io.Writer) {
	fmt.Fprintf(out, "Anonymous memory in MiB, race detector on; 90th percentile of the first and the last third of the run, and the most. Allowed: %g times and %d MiB more.\n\n",
		growth, slack>>20)
	fmt.Fprintln(out, "| | first third | last third | most |\n|---|---|---|---|")
	for _, u := range r.memory.usages() {
		fmt.Fprintf(out, "| %s | %d | %d | %d |\n", u.service, u.first>>20, u.last>>20, u.top>>20)
	}
}

func (r *run) reportViolations(out io.Writer) {
	list, count := r.violations.all()
	if count == 0 {
		return
	}
	fmt.Fprintf(out, "\nViolations (%d):\n\n", count)
	for _, text := range list {
		fmt.Fprintf(out, "* %s\n", text)
	}
}

// reportComplaints writes what nodes warned of, as a hint of what happened.
func (r *run) reportComplaints(out io.Writer) {
	r.logs.mu.Lock()
	defer r.logs.mu.Unlock()
	fmt.Fprint(out, "\nWhat nodes logged at Warn and Error:\n\n")
	for _, what := range slices.Sorted(maps.Keys(r.logs.complaints)) {
		fmt.Fprintf(out, "* %d times %s\n", r.logs.complaints[what], what)
	}
}

// leftOut names what an engine can't do.
func leftOut(a abilities) []string {
	var names []string
	for _, k := range kinds() {
		if !possible(k, a) {
			names = append(names, k.name)
		}
	}
	return names
}
