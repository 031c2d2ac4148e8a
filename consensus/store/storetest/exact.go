package storetest

import (
	"reflect"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/global/price"
)

// exact stores values at the edges of what a row can hold and wants all of them back, and the proofs with them.
func exact(t *testing.T, address string) {
	prices := open(t, address)
	signers := NewSigners(t, network, 3)
	want := make(map[signing.Digest]consensus.Row)
	for i, text := range []string{
		"0.000000000000000001", "3270.540000000000000001", "99999999999999999999.999999999999999999",
		"1", "0.1", "10000000000000000000", "0.000000999999999999", "123456789.123456789",
	} {
		p, err := price.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range []time.Time{
			time.Unix(1, 0), time.Unix(1_763_800_200, 0), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
		} {
			c := signers.Sign(t, consensus.Observation{
				Pair: "ABCDEFGHIJKL-0123456789AB", Price: p, Round: consensus.Round(at.Unix()),
				ObservedAt: consensus.MillisOf(at) + consensus.Millis(i*142), Proposer: signers.keys[i%3].Address(),
			})
			c.LastSigned = at.UTC().Add(time.Duration(999-i) * time.Millisecond)
			want[c.ID] = c.Row()
		}
	}
	before := time.Now().Add(-time.Minute)
	for _, row := range want {
		insert(t, prices, []consensus.Row{row})
	}
	rows := everything(t, prices, store.Query{})
	if len(rows) != len(want) {
		t.Fatalf("%d rows, want %d", len(rows), len(want))
	}
	for _, row := range rows {
		if err := row.Verify(signers.Member, 3); err != nil {
			t.Errorf("row %s: %v", row.ID, err)
		}
		if row.CreatedTime.Before(before) || row.CreatedTime.After(time.Now().Add(time.Minute)) ||
			row.CreatedTime.Location() != time.UTC || row.CreatedTime.Nanosecond()%1e6 != 0 {
			t.Errorf("created at %v", row.CreatedTime)
		}
		row.CreatedTime = time.Time{}
		if !reflect.DeepEqual(row, want[row.ID]) {
			t.Errorf("read  %+v\nwrote %+v", row, want[row.ID])
		}
	}
}

// manySigners stores a row with as many signatures as a report can carry.
func manySigners(t *testing.T, address string) {
	prices := open(t, address)
	signers := NewSigners(t, network, global.MaxSigners)
	want := signers.Rows(t, 1)
	insert(t, prices, want)
	rows := everything(t, prices, store.Query{})
	if len(rows) != 1 || !reflect.DeepEqual(rows[0].SignData, want[0].SignData) {
		t.Errorf("%d rows, or other signatures", len(rows))
	}
}
