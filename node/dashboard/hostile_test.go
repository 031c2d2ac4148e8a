package dashboard_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/node/api"
)

// script is what an attacker would like to see in a page.
const script = `"><script src="https://evil.example/x.js"></script><img src=x onerror=alert(1)>{{.}}javascript:alert(2)' onload='x`

// hostile is a node to which the others say what might break its page.
func hostile(t *testing.T) *fake {
	t.Helper()
	f := healthy(t, 4)
	long := strings.Repeat("W", 5000)
	for i := range f.network.Members {
		m := &f.network.Members[i]
		m.Version, m.PeerID, m.Store, m.Differs = script, script, script, []string{script, long, "\xff\xfe\u202e"}
		m.Connected = append(m.Connected, -1, 4, 1<<30)
		m.Received = append(m.Received, api.Received{First: -5, Rounds: -1, Prices: []uint16{1}}, api.Received{First: 1 << 30, Rounds: 1})
		m.Backlog, m.BacklogAge = 1<<64-1, 1<<62
	}
	f.network.Name = script
	f.network.Clock.Fault = script + long
	for range 100 {
		f.network.Findings = append(f.network.Findings,
			api.Finding{Kind: consensus.Silent, Text: long + script, Member: f.network.Self},
			api.Finding{Kind: consensus.ReceivesTooLittle, Text: script, Member: f.network.Self})
	}
	f.checks = append(f.checks, api.Check{Name: script, State: api.CheckFailing, Detail: script, Meaning: long, Remedy: script})
	f.stories[0].Proposals[0].Refusals = append(f.stories[0].Proposals[0].Refusals, api.Refused{Reason: script})
	for range 1000 {
		s := &f.stories[3]
		s.Proposals = append(s.Proposals, s.Proposals[0])
	}
	f.err = errors.New(script)
	return f
}
