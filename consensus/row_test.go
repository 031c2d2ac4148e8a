package consensus_test

import (
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

// goodRow is a row of the first three of four members.
func goodRow(t failer) (world, consensus.Row) {
	t.Helper()
	w := newWorld(t, 4)
	o := w.observation(0)
	r := consensus.Certificate{
		ID: o.Digest(w.domain), Report: w.report(o, 0, 1, 2), LastSigned: at(time.Minute + 7*time.Millisecond),
	}.Row()
	r.CreatedTime = at(2 * time.Minute)
	return w, r
}

// goldenRow returns goodRow as the command line and the API show it.
func goldenRow(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("testdata/row.json")
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(b))
}

func TestRowGolden(t *testing.T) {
	t.Parallel()
	_, row := goodRow(t)
	b, err := json.Marshal(row)
	if want := goldenRow(t); err != nil || string(b) != want {
		t.Errorf("row\n%s, %v; want\n%s", b, err, want)
	}
	var back consensus.Row
	if err := json.Unmarshal(b, &back); err != nil || !reflect.DeepEqual(back, row) {
		t.Errorf("read back %+v, %v; want %+v", back, err, row)
	}
}

func TestRowJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := reports().Draw(t, "report")
		row := consensus.Certificate{
			ID: signing.Digest(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "id")), Report: r,
			LastSigned: consensus.Millis(rapid.Uint64Range(1, lastMillis).Draw(t, "last")).Time(),
		}.Row()
		row.CreatedTime = consensus.Millis(rapid.Uint64Range(1, lastMillis).Draw(t, "created")).Time()
		b, err := json.Marshal(row)
		var back consensus.Row
		if err != nil || json.Unmarshal(b, &back) != nil || !reflect.DeepEqual(back, row) {
			t.Fatalf("%s read back = %+v, %v; want %+v", b, back, err, row)
		}
		if o, err := back.Observation(); err != nil || o != r.Observation {
			t.Fatalf("observation %+v, %v; want %+v", o, err, r.Observation)
		}
	})
}

func TestRowJSONRefuses(t *testing.T) {
	t.Parallel()
	good := goldenRow(t)
	for name, change := range map[string][2]string{
		"number as price":       {`"3000"`, `3000`},
		"price with exponent":   {`"3000"`, `"3e3"`},
		"negative price":        {`"3000"`, `"-3000"`},
		"time with offset":      {`.000Z","observed`, `.000+00:00","observed`},
		"time without fraction": {`.000Z","observed`, `Z","observed`},
		"time with microsecs":   {`.000Z","observed`, `.000000Z","observed`},
		"time as number":        {`"round_time":"`, `"round_time":1800000000,"x":"`},
		"upper-case id":         {`"id":"0x`, `"id":"0X`},
		"signature cut":         {`"}],"round_time"`, `0"}],"round_time"`},
		"cut off":               {`}`, ``},
	} {
		changed := strings.Replace(good, change[0], change[1], 1)
		var row consensus.Row
		if err := row.UnmarshalJSON([]byte(changed)); changed == good || !errors.Is(err, global.ErrMalformed) {
			t.Errorf("%s: %v, from %s", name, err, changed)
		}
	}
}

func TestRowVerifies(t *testing.T) {
	t.Parallel()
	w, row := goodRow(t)
	anyone := func(signing.Address) bool { return true }
	if err := errors.Join(row.Verify(w.policy.Roster.Contains, 3), row.Verify(anyone, 3), row.Verify(anyone, 1)); err != nil {
		t.Error(err)
	}
	later := row
	later.CreatedTime, later.LastSignedTime = time.Time{}, time.Time{} // not covered by signatures
	if err := later.Verify(anyone, 3); err != nil {
		t.Error(err)
	}
	zone := row
	zone.RoundTime = row.RoundTime.In(time.FixedZone("east", 3600)) // the same instant
	if err := zone.Verify(anyone, 3); err != nil {
		t.Error(err)
	}
	for name, c := range map[string]struct {
		member func(signing.Address) bool
		quorum int
		want   error
	}{
		"one signer too few":     {anyone, 4, global.ErrQuorum},
		"a signer left":          {rosterOf(w, 0, 1, 3).Contains, 3, global.ErrQuorum},
		"the proposer left":      {rosterOf(w, 1, 2, 3).Contains, 1, global.ErrNotMember},
		"nobody of it is member": {func(signing.Address) bool { return false }, 1, global.ErrNotMember},
	} {
		if err := row.Verify(c.member, c.quorum); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
