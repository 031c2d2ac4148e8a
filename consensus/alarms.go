package consensus

import (
	"maps"
	"slices"
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
)

// steadyViews is in how many views in a row a finding must be, or be missing, before it begins or ends: heartbeats cross,
// and a single one may be lost.
const steadyViews = 2

// Alarms tell of each finding once when it begins and once when it ends. The zero value has none. They are for one
// goroutine.
type Alarms struct{ held map[alarmKey]*heldAlarm }

// Alarm is a finding that lasts.
type Alarm struct {
	Finding
	Since time.Time // when it was first found
}

type alarmKey struct {
	trouble       Trouble
	member, other signing.Address
}

type heldAlarm struct {
	Alarm
	begun bool
	seen  int // in how many of the last views in a row; negative: missing
}

// Update takes the findings of a view. It returns those that begin with it and those that end.
func (a *Alarms) Update(found []Finding, now time.Time) (began, ended []Alarm) {
	if a.held == nil {
		a.held = make(map[alarmKey]*heldAlarm)
	}
	present := make(map[alarmKey]bool, len(found))
	for _, f := range found {
		key := alarmKey{f.Trouble, f.Member, f.Other}
		present[key] = true
		h := a.held[key]
		if h == nil {
			h = &heldAlarm{Alarm: Alarm{f, now}}
			a.held[key] = h
		}
		h.Finding = f
		h.seen = max(h.seen, 0) + 1
		if !h.begun && h.seen >= steadyViews {
			h.begun = true
			began = append(began, h.Alarm)
		}
	}
	for key, h := range a.held {
		if present[key] {
			continue
		}
		h.seen = min(h.seen, 0) - 1
		if h.begun && h.seen > -steadyViews {
			continue
		}
		delete(a.held, key)
		if h.begun {
			ended = append(ended, h.Alarm)
		}
	}
	slices.SortFunc(ended, compareAlarms)
	return began, ended
}

// Lasting returns the findings that have begun and not ended, the oldest first.
func (a *Alarms) Lasting() []Alarm {
	var lasting []Alarm
	for h := range maps.Values(a.held) {
		if h.begun {
			lasting = append(lasting, h.Alarm)
		}
	}
	slices.SortFunc(lasting, compareAlarms)
	return lasting
}

func compareAlarms(a, b Alarm) int {
	if c := a.Since.Compare(b.Since); c != 0 {
		return c
	}
	if c := a.Member.Compare(b.Member); c != 0 {
		return c
	}
	return a.Other.Compare(b.Other)
}
