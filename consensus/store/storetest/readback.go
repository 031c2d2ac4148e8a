package storetest

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
)

// readBack reads rows by their ids: whole, each once, and only those that were asked for.
func readBack(t *testing.T, address string) {
	prices := open(t, address)
	signers := NewSigners(t, network, 3)
	rows := signers.Rows(t, 20)
	insert(t, prices, rows)
	var ids []signing.Digest
	for i := range store.MaxReadIDs - 15 {
		ids = append(ids, signing.Digest{0xfe, byte(i >> 8), byte(i)})
	}
	for _, row := range rows[5:] {
		ids = append(ids, row.ID)
	}
	got := make(map[signing.Digest]consensus.Row)
	take := func(row consensus.Row) error {
		if _, twice := got[row.ID]; twice {
			t.Errorf("row %s comes twice", row.ID)
		}
		row.CreatedTime = rows[0].CreatedTime
		got[row.ID] = row
		return row.Verify(signers.Member, 3)
	}
	if err := prices.Read(t.Context(), ids, take); err != nil {
		t.Fatal(err)
	}
	if len(got) != 15 {
		t.Errorf("%d rows, want 15", len(got))
	}
	for _, row := range rows[5:] {
		want := row
		if !reflect.DeepEqual(got[row.ID], want) {
			t.Errorf("read %+v\nwrote %+v", got[row.ID], want)
		}
	}
	if err := prices.Read(t.Context(), nil, take); err != nil || len(got) != 15 {
		t.Errorf("nothing asked for: %d rows, %v", len(got), err)
	}
	if err := prices.Read(t.Context(), append(slices.Clone(ids), signing.Digest{}), take); err == nil {
		t.Error("more than MaxReadIDs are read")
	}
	enough := errors.New("enough")
	if err := prices.Read(t.Context(), ids, func(consensus.Row) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("take failed: %v", err)
	}
	if err := prices.Check(t.Context()); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
