package main

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The same seed draws the same plan, another seed another one, and the event log gives it back.
func TestPlanIsRepeatable(t *testing.T) {
	t.Parallel()
	plan := func(seed uint64) []fault { return draw(seed, 10*time.Minute, clusterNodes, clusterQuorum, kinds()) }
	first := plan(7)
	if !reflect.DeepEqual(first, plan(7)) {
		t.Error("one seed, two plans")
	}
	if reflect.DeepEqual(first, plan(8)) {
		t.Error("two seeds, one plan")
	}
	var out bytes.Buffer
	log := &eventLog{out: &out}
	log.plan(7, 10, first)
	log.write(event{Event: eventBegin, Fault: &first[0]})
	log.write(event{Event: eventResult, Detail: "all invariants held"})
	file := filepath.Join(t.TempDir(), "events.jsonl")
	if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	seed, minutes, again, err := readPlan(file)
	if err != nil || seed != 7 || minutes != 10 || !reflect.DeepEqual(first, again) {
		t.Errorf("read back: seed %d, %g minutes, %d of %d faults, %v", seed, minutes, len(again), len(first), err)
	}
}

// Whatever is drawn: calm at the end, nothing held twice at once, fewer liars than a quorum, and every kind comes in an hour.
func TestPlanKeepsItsRules(t *testing.T) {
	t.Parallel()
	byName := make(map[string]kind)
	for _, k := range kinds() {
		byName[k.name] = k
	}
	rapid.Check(t, func(t *rapid.T) {
		length := time.Duration(rapid.IntRange(2, 90).Draw(t, "minutes")) * time.Minute
		plan := draw(rapid.Uint64().Draw(t, "seed"), length, clusterNodes, clusterQuorum, kinds())
		count := make(map[string]int)
		for i, f := range plan {
			count[f.Kind]++
			if f.Number != i+1 || f.At < millisOf(settled) || f.end() > millisOf(length-calm(length)) {
				t.Fatalf("fault %d: %+v", i+1, f)
			}
			liars := 0
			for _, other := range plan[:i] {
				if other.Episode != f.Episode && other.end() > f.At {
					t.Fatalf("two episodes at once: %+v, %+v", other, f)
				}
				if other.Episode == f.Episode && clash(byName[other.Kind], byName[f.Kind], other.Nodes, f.Nodes) {
					t.Fatalf("both hold the same: %+v, %+v", other, f)
				}
				if other.Episode == f.Episode && byName[other.Kind].lies {
					liars += len(other.Nodes)
				}
			}
			if byName[f.Kind].lies && liars+len(f.Nodes) >= clusterQuorum {
				t.Fatalf("a quorum lies: %+v", f)
			}
		}
		for _, k := range kinds() {
			if length >= time.Hour && count[k.name] == 0 {
				t.Fatalf("no %s in %s", k.name, length)
			}
		}
	})
}

// clash is what holding does, in other words.
func clash(a, b kind, nodes, others []int) bool {
	shared := slices.ContainsFunc(nodes, func(n int) bool { return slices.Contains(others, n) })
	switch {
	case a.part == wholeCluster:
		return b.part == wholeCluster || b.part == wholeNode
	case b.part == wholeCluster:
		return a.part == wholeNode
	case a.part == b.part:
		return shared || a.most == 0
	}
	return false
}
