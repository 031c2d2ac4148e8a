package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/store"
)

// verdictPatience bounds the wait, after the calm, for what is still on its way.
const verdictPatience = 60 * time.Second

// judge looks at everything once more, when all is mended and calm.
func (r *run) judge(ctx context.Context) error {
	began := time.Now()
	waiting, cancel := context.WithTimeout(ctx, verdictPatience)
	defer cancel()
	_ = poll(waiting, "wait for the last recoveries", func() bool {
		return len(r.recoveries.unfinished()) == 0 && r.watcher.allReady() && len(r.ledger.missing(began)) == 0
	})
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := r.readAllRows(ctx); err != nil {
		return err
	}
	r.judgeCertificates(began)
	r.judgeRecoveries()
	r.judgeDoubles(ctx)
	r.judgeMemory()
	return r.judgeRestarts(ctx)
}

// readAllRows reads the whole table: nothing that was written may have escaped the ledger, or vanished.
func (r *run) readAllRows(ctx context.Context) error {
	prices, err := store.Open(ctx, r.cluster.ownerURL())
	if err != nil {
		return err
	}
	defer prices.Close()
	present := make(map[string]bool)
	for cursor := (store.Cursor{}); ; {
		rows, err := prices.After(ctx, store.Query{}, cursor)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if present[row.ID.String()] {
				r.violations.add("no id twice", row.ID.String())
			}
			present[row.ID.String()] = true
			r.ledger.row(row)
			cursor = store.CursorAt(row)
		}
		if len(rows) < store.MaxRows {
			break
		}
	}
	for id := range r.ledger.ids() {
		if !present[id] {
			r.violations.add("what is stored stays", id)
		}
	}
	return nil
}

func (r *run) judgeCertificates(until time.Time) {
	for c, s := range r.ledger.missing(until) {
		r.violations.add("every certificate that a node told as verified is stored",
			fmt.Sprintf("%s of %s, round %d, told by %v at %s", c.short, c.place.Proposer, c.place.Round, s.holders, s.first.UTC().Format(time.RFC3339Nano)))
	}
}

func (r *run) judgeRecoveries() {
	for _, one := range r.recoveries.unfinished() {
		r.violations.add("everything recovers", fmt.Sprintf("fault %d, %s of %v: ready %s, quorum %s, stored %s",
			one.fault.Number, one.fault.Kind, one.fault.Nodes, within(one.ready), within(one.quorum), within(one.stored)))
	}
	if !r.watcher.allReady() {
		r.violations.add("everything recovers", "not all nodes are ready at the end")
	}
}

// judgeDoubles finds fault with two rows of one place, unless a node can prove that the proposer signed both.
func (r *run) judgeDoubles(ctx context.Context) {
	proven := make(map[place]bool)
	for _, service := range everyone()[1:] {
		pieces, err := r.evidence(ctx, service)
		if err != nil {
			r.violations.add("everything recovers", "ask for evidence: "+err.Error())
		}
		for _, e := range pieces {
			if err := e.Verify(r.ledger.member); err != nil {
				r.violations.add("evidence is true", fmt.Sprintf("%s: %v", service, err))
			}
			o := e.First.Observation
			proven[place{o.Pair, uint64(o.Round), o.Proposer.String()}] = true
		}
	}
	r.convictions = len(proven)
	for at, ids := range r.ledger.doubles() {
		if !proven[at] {
			r.violations.add("one row a place", fmt.Sprintf("%s, round %d: %v", at.Proposer, at.Round, ids))
		}
	}
}

func (r *run) evidence(ctx context.Context, service string) ([]consensus.Evidence, error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	body, err := get(ctx, r.cluster.engine.api(service)+"/v1/evidence?limit=500")
	if err != nil {
		return nil, err
	}
	var answer struct {
		Evidence []consensus.Evidence `json:"evidence"`
	}
	return answer.Evidence, json.Unmarshal(body, &answer)
}

func (r *run) judgeMemory() {
	for _, u := range r.memory.usages() {
		if !u.flat() {
			r.violations.add("memory is flat", fmt.Sprintf("%s: %d MiB in the first third, %d MiB in the last", u.service, u.first>>20, u.last>>20))
		}
	}
}

func (r *run) judgeRestarts(ctx context.Context) error {
	for _, service := range everyone() {
		count, err := r.cluster.engine.restarts(ctx, service)
		if err != nil {
			return err
		}
		if count > 0 {
			r.violations.add("no node ends by itself", fmt.Sprintf("%s did %d times", service, count))
		}
	}
	return nil
}
