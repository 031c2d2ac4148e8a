package main

import (
	"sync"
	"time"
)

// recovery is how a fault was got over. Times count from when the last fault of its episode was mended; pending: not yet.
type recovery struct {
	fault     fault
	healed    time.Time
	ready     time.Duration // the nodes concerned say that they are ready
	quorum    time.Duration // a price that each of them proposed afterwards has its quorum
	stored    time.Duration // all prices that had their quorum before are stored
	overtaken bool          // the next episode began before
}

const pending time.Duration = -1

func (r *recovery) done() bool {
	return r.ready != pending && r.quorum != pending && r.stored != pending
}

// recoveries follows the faults that were mended.
type recoveries struct {
	mu   sync.Mutex
	list []*recovery // one a fault
}

// healed notes that all faults of an episode are mended.
func (r *recoveries) healed(faults []fault, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, f := range faults {
		r.list = append(r.list, &recovery{fault: f, healed: at, ready: pending, quorum: pending, stored: pending})
	}
}

// overtake notes that a new episode begins.
func (r *recoveries) overtake() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, one := range r.list {
		if !one.done() {
			one.overtaken = true
		}
	}
}

// state is what a look at the cluster shows.
type state struct {
	at    time.Time
	ready map[string]bool // by service
	// quorumSince and storedUntil are the ledger's.
	quorumSince func(time.Time, string) bool
	storedUntil func(time.Time) bool
	proposers   map[string]string // by service
}

// look notes what has recovered.
func (r *recoveries) look(s state) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, one := range r.list {
		if one.done() || s.at.Before(one.healed) {
			continue
		}
		services := concerned(one.fault)
		took := s.at.Sub(one.healed)
		if one.ready == pending && all(services, func(service string) bool { return s.ready[service] }) {
			one.ready = took
		}
		if one.quorum == pending && all(services, func(service string) bool { return s.quorumSince(one.healed, s.proposers[service]) }) {
			one.quorum = took
		}
		if one.stored == pending && s.storedUntil(one.healed) {
			one.stored = took
		}
	}
}

// concerned returns the services of a fault's nodes; of a fault that is no node's, all nodes.
func concerned(f fault) []string {
	var services []string
	for _, n := range f.Nodes {
		services = append(services, nodeService(n))
	}
	if services == nil {
		services = everyone()[1:]
	}
	return services
}

func all(services []string, holds func(string) bool) bool {
	for _, service := range services {
		if !holds(service) {
			return false
		}
	}
	return true
}

// unfinished returns the recoveries that are still awaited.
func (r *recoveries) unfinished() []recovery {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []recovery
	for _, one := range r.list {
		if !one.done() {
			list = append(list, *one)
		}
	}
	return list
}

func (r *recoveries) all() []recovery {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := make([]recovery, len(r.list))
	for i, one := range r.list {
		list[i] = *one
	}
	return list
}
