package consensus_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

// TestForgedRows changes one thing of a good row at a time.
func TestForgedRows(t *testing.T) {
	t.Parallel()
	w, good := goodRow(t)
	anyone := func(signing.Address) bool { return true }
	other := w.observation(0)
	other.Price = parsePrice(t, "3001")
	for name, c := range map[string]struct {
		change func(*consensus.Row)
		want   error
	}{
		"id":                  {func(r *consensus.Row) { r.ID[31]++ }, global.ErrMalformed},
		"network":             {func(r *consensus.Row) { r.Network = "othernet" }, global.ErrMalformed},
		"pair":                {func(r *consensus.Row) { r.Pair = "BTC-USD" }, global.ErrMalformed},
		"pair's form":         {func(r *consensus.Row) { r.Pair = "ethusd" }, global.ErrMalformed},
		"price":               {func(r *consensus.Row) { r.Price = parsePrice(t, "3000.000000000000000001") }, global.ErrMalformed},
		"no price":            {func(r *consensus.Row) { r.Price = consensus.Row{}.Price }, global.ErrMalformed},
		"first signer":        {func(r *consensus.Row) { r.FirstSigner = w.keys[1].Address() }, global.ErrMalformed},
		"round":               {func(r *consensus.Row) { r.RoundTime = r.RoundTime.Add(time.Second) }, global.ErrMalformed},
		"round's fraction":    {func(r *consensus.Row) { r.RoundTime = r.RoundTime.Add(1) }, global.ErrMalformed},
		"no round":            {func(r *consensus.Row) { r.RoundTime = time.Time{} }, global.ErrMalformed},
		"observed":            {func(r *consensus.Row) { r.ObservedTime = r.ObservedTime.Add(time.Millisecond) }, global.ErrMalformed},
		"observed's fraction": {func(r *consensus.Row) { r.ObservedTime = r.ObservedTime.Add(1) }, global.ErrMalformed},
		"never observed":      {func(r *consensus.Row) { r.ObservedTime = time.Time{} }, global.ErrMalformed},
		"far future":          {func(r *consensus.Row) { r.ObservedTime = time.Unix(1<<40, 0) }, global.ErrMalformed},
		"no signatures":       {func(r *consensus.Row) { r.SignData = nil }, global.ErrMalformed},
		"no proposer's":       {func(r *consensus.Row) { r.SignData = r.SignData[1:] }, global.ErrMalformed},
		"signer twice":        {func(r *consensus.Row) { r.SignData = append(r.SignData, r.SignData[2]) }, global.ErrMalformed},
		"proposer twice":      {func(r *consensus.Row) { r.SignData = slices.Insert(r.SignData, 1, r.SignData[0]) }, global.ErrMalformed},
		"other order":         {func(r *consensus.Row) { r.SignData[1], r.SignData[2] = r.SignData[2], r.SignData[1] }, global.ErrMalformed},
		"one signer less":     {func(r *consensus.Row) { r.SignData = r.SignData[:2] }, global.ErrQuorum},
		"v flipped":           {func(r *consensus.Row) { r.SignData[1] = damaged(r.SignData[1]) }, global.ErrSignature},
		"v of another form":   {func(r *consensus.Row) { r.SignData[1].Signature[64] -= 27 }, global.ErrSignature},
		"signature of zeros":  {func(r *consensus.Row) { r.SignData[0].Signature = signing.Signature{} }, global.ErrSignature},
		"signer changed":      {func(r *consensus.Row) { r.SignData[2].Signer = signing.Address(slices.Repeat([]byte{255}, 20)) }, global.ErrSignature},
		"signatures swapped": {func(r *consensus.Row) {
			r.SignData[1].Signature, r.SignData[2].Signature = r.SignData[2].Signature, r.SignData[1].Signature
		}, global.ErrSignature},
		"of another price": {func(r *consensus.Row) { r.SignData[0] = w.attest(other, 0) }, global.ErrSignature},
		"all of another price": {func(r *consensus.Row) {
			r.SignData = w.report(other, 0, 1, 2).Attestations
		}, global.ErrSignature},
	} {
		row := good
		row.SignData = slices.Clone(good.SignData)
		c.change(&row)
		if err := row.Verify(anyone, 3); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// TestRowsOfSeveralNetworks: a row verifies under the network that it names and no other, even with the other's id.
func TestRowsOfSeveralNetworks(t *testing.T) {
	t.Parallel()
	w, row := goodRow(t)
	row.Network = "othernet"
	row.ID = w.observation(0).Digest(signing.NewDomain("othernet"))
	if err := row.Verify(w.policy.Roster.Contains, 3); !errors.Is(err, global.ErrSignature) {
		t.Errorf("signatures of another network: %v", err)
	}
	other := w
	other.domain = signing.NewDomain("othernet")
	row.SignData = other.report(w.observation(0), 0, 1, 2).Attestations
	if err := row.Verify(w.policy.Roster.Contains, 3); err != nil {
		t.Errorf("signed there: %v", err)
	}
}

// TestStrangersDoNotCount: signatures outside the roster may stand in a row, but must be good and don't count.
func TestStrangersDoNotCount(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3)
	o := w.observation(0)
	row := consensus.Certificate{ID: o.Digest(w.domain), Report: w.report(o, 0, 1, 4, 5)}.Row()
	if err := row.Verify(w.policy.Roster.Contains, 2); err != nil {
		t.Error(err)
	}
	if err := row.Verify(w.policy.Roster.Contains, 3); !errors.Is(err, global.ErrQuorum) {
		t.Errorf("strangers count: %v", err)
	}
	row.SignData[3] = damaged(row.SignData[3])
	if err := row.Verify(w.policy.Roster.Contains, 1); !errors.Is(err, global.ErrSignature) {
		t.Errorf("a bad signature: %v", err)
	}
}
