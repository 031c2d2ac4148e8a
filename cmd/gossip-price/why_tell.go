package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/gossip-price/gossip-price/cmd/gossip-price/screen"
	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node/api"
)

// clockFormat is how instants within a round are shown.
const clockFormat = "15:04:05.000"

// writeStory tells a story in words: of all its prices, or where an id is asked for of those alone.
func writeStory(out io.Writer, s api.Story, a asked) error {
	t := teller{Story: s, asked: a, by: make(map[price.Pair][]api.Proposal)}
	for _, p := range s.Proposals {
		if !slices.Contains(t.pairs, p.Pair) && a.about(&p) {
			t.pairs = append(t.pairs, p.Pair)
		}
		t.by[p.Pair] = append(t.by[p.Pair], p)
	}
	for i, pair := range t.pairs {
		if i > 0 {
			t.line("")
		}
		t.pair(pair)
	}
	if len(t.pairs) == 0 {
		t.line("Round %s: no price was proposed.", time.Time(s.RoundTime).Format(time.DateTime))
	}
	_, err := io.WriteString(out, t.String())
	return err
}

// teller puts a story into words.
type teller struct {
	strings.Builder
	api.Story
	asked asked
	pairs []price.Pair                  // with a price that is asked for
	by    map[price.Pair][]api.Proposal // all, by pair
}

func (t *teller) line(format string, args ...any) { fmt.Fprintf(t, format+"\n", args...) }

// pair tells of the prices of one pair, and counts them all.
func (t *teller) pair(pair price.Pair) {
	verified, stored := 0, 0
	for _, p := range t.by[pair] {
		if p.Verified {
			verified++
		}
		if p.InStore {
			stored++
		}
	}
	round := fmt.Sprintf("Round %s, %s", time.Time(t.RoundTime).Format(time.DateTime), pair)
	if t.Needed == 0 { // of a stored row alone, which says nothing of the others
		t.line("%s:", round)
	} else {
		t.line("%s: %s, %d verified, %d stored.", round, screen.Count(len(t.by[pair]), "proposal"), verified, stored)
	}
	if len(t.Silent) > 0 {
		t.line("Not heard of at the time: %s.", t.names(t.Silent))
	}
	for _, p := range t.by[pair] {
		if t.asked.about(&p) {
			t.proposal(&p)
		}
	}
}

func (t *teller) proposal(p *api.Proposal) {
	t.line("\n  %s of %s, id %s: %s", p.Price, t.name(p.FirstSigner), p.ID.Short(), state(p))
	seen := "when it came here is not known" // before the node's start, or from another one later
	if p.Seen != nil {
		seen = "here at " + time.Time(*p.Seen).Format(clockFormat)
	}
	t.line("    proposed  at %s by its own clock, %s", time.Time(p.ObservedTime).Format(clockFormat), seen)
	var signers []string
	for _, s := range p.Signers {
		if s.Address != p.FirstSigner {
			signers = append(signers, t.name(s.Address)+after(p.Seen, s.Seen))
		}
	}
	t.list("signed", signers)
	for _, r := range p.Refusals {
		t.line("    refused   %s%s: %s", t.name(r.Address), after(p.Seen, r.Seen), t.reason(p, r))
	}
	if p.Convicted {
		t.line("    convicted its proposer signed two prices for the round: nobody signs either any more, 'gossip-price evidence' has the proof")
	}
	switch {
	case p.Verified:
		t.row(p)
	default:
		t.line("    no quorum %s", strings.Join(t.lack(p), "; "))
	}
}

// list tells a list, in lines of a few.
func (t *teller) list(word string, entries []string) {
	const aLine = 4
	for some := range slices.Chunk(entries, aLine) {
		t.line("    %-9s %s", word, strings.Join(some, ", "))
		word = ""
	}
}

func state(p *api.Proposal) string {
	switch {
	case p.InStore:
		return "stored"
	case p.Verified:
		return "verified"
	default:
		return "not verified"
	}
}

// reason tells why a member refused, with both prices where they are known.
func (t *teller) reason(p *api.Proposal, r api.Refused) string {
	switch {
	case r.OwnPrice != nil:
		return fmt.Sprintf("%s, %s, own price %s", r.Reason, p.Price, r.OwnPrice)
	case r.Reason == consensus.RefusedDeviation && r.Address != t.Self:
		return fmt.Sprintf("%s, by its own word ('gossip-price refusals' of that node has its price)", r.Reason)
	default:
		return string(r.Reason)
	}
}

// row tells of the quorum, and what became of the row. The signers may have become more since the quorum.
func (t *teller) row(p *api.Proposal) {
	quorum := screen.Count(len(p.Signers), "signer") + " by now"
	if took := after(p.Seen, p.Quorum); took != "" {
		quorum = strings.TrimSpace(took) + "; " + quorum
	}
	t.line("    quorum    %s", quorum)
	writer := "whoever wrote it"
	if p.Writer != nil {
		writer = t.name(*p.Writer)
	}
	switch {
	case p.Stored != nil:
		t.line("    row       written by %s; known to be in the price store at %s", writer, time.Time(*p.Stored).Format(clockFormat))
	case p.InStore:
		t.line("    row       written by %s; in the price store", writer)
	case p.Writer != nil:
		t.line("    row       written by %s, as it says; not read back yet", writer)
	case !t.Complete:
		t.line("    row       none yet: written when no signature has come for the settle period")
	default:
		t.line("    row       none yet: it waits for the next flush, or the price store is away ('gossip-price healthcheck --ready')")
	}
}

// lack tells why a price has no quorum.
func (t *teller) lack(p *api.Proposal) []string {
	words := []string{fmt.Sprintf("%d of %d signers", len(p.Signers), t.Needed)}
	var refused, silent []signing.Address
	for _, r := range p.Refusals {
		refused = append(refused, r.Address)
	}
	for _, a := range t.Silent {
		if !slices.ContainsFunc(p.Signers, func(s api.Signer) bool { return s.Address == a }) && !slices.Contains(refused, a) {
			silent = append(silent, a)
		}
	}
	if len(refused) > 0 {
		words = append(words, t.names(refused)+" refused")
	}
	if len(silent) > 0 {
		words = append(words, t.names(silent)+" "+was(len(silent))+" not heard")
	}
	if rest := t.Members - len(p.Signers) - len(refused) - len(silent); rest > 0 {
		words = append(words, fmt.Sprintf("%d more %s not signed, or not been asked yet", rest, has(rest)))
	}
	return words
}

// name is a member as the log has it.
func (t *teller) name(a signing.Address) string {
	if a == t.Self {
		return a.Short() + " (this node)"
	}
	return a.Short()
}

func (t *teller) names(list []signing.Address) string {
	names := make([]string, len(list))
	for i, a := range list {
		names[i] = t.name(a)
	}
	return strings.Join(names, ", ")
}

// after tells how long after another instant something happened, if both are known.
func after(from, at *consensus.Time) string {
	if from == nil || at == nil {
		return ""
	}
	d := time.Time(*at).Sub(time.Time(*from))
	if d.Abs() < 10*time.Second {
		return fmt.Sprintf(" after %d ms", d.Milliseconds())
	}
	return " after " + d.Round(100*time.Millisecond).String()
}

func was(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

func has(n int) string {
	if n == 1 {
		return "has"
	}
	return "have"
}
