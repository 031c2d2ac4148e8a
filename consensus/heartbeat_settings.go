package consensus

import (
	"fmt"
	"slices"
	"time"

	"github.com/ethereum/go-ethereum/crypto"
)

// Settings are those that the nodes of a network must agree on. They travel as they are, because a hash could tell that
// one differs but not which.
type Settings struct {
	Interval     time.Duration // whole seconds; zero stands for settings that are not told
	Quorum       uint64
	Proposers    uint64
	MaxDeviation uint64 // in ppm
	Settle       time.Duration
	Flush        time.Duration
	Skew         time.Duration
	Members      uint64 // of the roster; 0: open
	Roster       [8]byte
	Pairs        [8]byte
}

// Settings returns what a node tells of its policy and of its flush interval.
func (p *Policy) Settings(flush time.Duration) Settings {
	s := Settings{
		Interval: p.Interval, Quorum: uint64(p.Quorum), Proposers: uint64(p.Proposers), MaxDeviation: p.MaxDeviation,
		Settle: p.Settle, Flush: flush, Skew: p.Skew, Members: uint64(p.Roster.Size()),
	}
	var members, names []byte
	for _, a := range p.Roster.Places() {
		members = append(members, a[:]...)
	}
	for _, pair := range slices.Sorted(slices.Values(p.Pairs)) {
		names = append(append(names, pair...), '\n')
	}
	copy(s.Roster[:], crypto.Keccak256(members))
	copy(s.Pairs[:], crypto.Keccak256(names))
	return s
}

// Differences says in words, by the names of the variables, what differs from a node's own settings. It says nothing
// where settings were not told.
func (s Settings) Differences(ours Settings) []string {
	if s.Interval == 0 || ours.Interval == 0 {
		return nil
	}
	var words []string
	differ := func(name string, theirs, ours any) {
		if theirs != ours {
			words = append(words, fmt.Sprintf("%s is %v, ours %v", name, theirs, ours))
		}
	}
	differ("GP_FETCHPRICEINTERVAL", s.Interval, ours.Interval)
	differ("GP_MINIMUMSIGNERCOUNT", s.Quorum, ours.Quorum)
	differ("GP_PROPOSERS", s.Proposers, ours.Proposers)
	differ("GP_MAXDEVIATION in ppm", s.MaxDeviation, ours.MaxDeviation)
	differ("GP_SETTLEPERIOD", s.Settle, ours.Settle)
	differ("GP_FLUSHINTERVAL", s.Flush, ours.Flush)
	differ("GP_CLOCKSKEW", s.Skew, ours.Skew)
	switch {
	case s.Members != ours.Members:
		words = append(words, fmt.Sprintf("GP_SIGNERS has %d members, ours %d", s.Members, ours.Members))
	case s.Roster != ours.Roster:
		words = append(words, "GP_SIGNERS names other members than ours")
	}
	if s.Pairs != ours.Pairs {
		words = append(words, "GP_PAIRS are others than ours")
	}
	return words
}
