package consensus_test

import (
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/global"
)

// goldenEvidence returns goodEvidence as the command line and the API show it.
func goldenEvidence(t failer) string {
	t.Helper()
	b, err := os.ReadFile("testdata/evidence.json")
	if err != nil {
		t.Fatalf("ReadFile = %v", err)
	}
	return strings.TrimSpace(string(b))
}

func TestEvidenceGolden(t *testing.T) {
	t.Parallel()
	w, e := goodEvidence(t)
	b, err := json.Marshal(e)
	if want := goldenEvidence(t); err != nil || string(b) != want {
		t.Errorf("evidence\n%s, %v; want\n%s", b, err, want)
	}
	var back consensus.Evidence
	if err := json.Unmarshal(b, &back); err != nil || !reflect.DeepEqual(back, e) {
		t.Errorf("read back %+v, %v; want %+v", back, err, e)
	}
	if err := back.Verify(w.policy.Roster.Contains); err != nil {
		t.Error(err)
	}
	if b, err := json.Marshal(consensus.Evidence{First: e.First}); !errors.Is(err, global.ErrMalformed) {
		t.Errorf("half of it: %s, %v", b, err)
	}
}

func TestEvidenceJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := evidences().Draw(t, "evidence")
		b, err := json.Marshal(e)
		var back consensus.Evidence
		if err != nil || json.Unmarshal(b, &back) != nil || !reflect.DeepEqual(back, e) {
			t.Fatalf("%s, %v; read back = %+v; want %+v", b, err, back, e)
		}
	})
}

func TestEvidenceJSONRefuses(t *testing.T) {
	t.Parallel()
	good := goldenEvidence(t)
	prices := good[strings.Index(good, "[")+1 : strings.Index(good, "]")]
	first, second, _ := strings.Cut(prices, "},")
	first += "}"
	signature := first[strings.LastIndex(first, `"0x`) : len(first)-1]
	for name, c := range map[string]struct {
		old, new string
		want     error
	}{
		"another network":       {`"testnet"`, `"othernet"`, global.ErrMalformed},
		"a long network":        {`"testnet"`, `"` + strings.Repeat("n", 33) + `"`, global.ErrMalformed},
		"another pair":          {`ETH-USD`, `BTC-USD`, global.ErrMalformed},
		"a pair's form":         {`ETH-USD`, `ethusd`, global.ErrMalformed},
		"another price":         {`"3001"`, `"3002"`, global.ErrMalformed},
		"no price":              {`"3001"`, `null`, global.ErrMalformed},
		"a number as price":     {`"3001"`, `3001`, global.ErrMalformed},
		"one price":             {"," + second, ``, global.ErrMalformed},
		"three prices":          {second, second + "," + second, global.ErrMalformed},
		"one price twice":       {second, first, global.ErrMalformed},
		"in the wrong order":    {prices, second + "," + first, global.ErrMalformed},
		"no prices":             {prices, ``, global.ErrMalformed},
		"no signature":          {signature, `null`, global.ErrSignature},
		"a signature's form":    {signature, `"0x00"`, global.ErrMalformed},
		"a time finer than all": {`"round_time":"2027-01-15T08:00:00.000Z"`, `"round_time":"2027-01-15T08:00:00.001Z"`, global.ErrMalformed},
		"cut off":               {`]}`, `]`, global.ErrMalformed},
		"nothing at all":        {good, `null`, global.ErrMalformed},
	} {
		changed := strings.Replace(good, c.old, c.new, 1)
		var e consensus.Evidence
		if err := e.UnmarshalJSON([]byte(changed)); changed == good || !errors.Is(err, c.want) {
			t.Errorf("%s: %v, from %s", name, err, changed)
		}
		if !reflect.DeepEqual(e, consensus.Evidence{}) {
			t.Errorf("%s: refused, but read %+v", name, e)
		}
	}
}

// FuzzEvidenceJSON checks what holds for any bytes at all: what is read is written and read the same again, as JSON and
// on the wire.
func FuzzEvidenceJSON(f *testing.F) {
	good := goldenEvidence(f)
	f.Add([]byte(good))
	f.Add([]byte(strings.ToUpper(good)))
	f.Add([]byte(strings.ReplaceAll(good, `"3001"`, `"3000.0"`)))
	f.Add([]byte("null"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var e, again consensus.Evidence
		if err := e.UnmarshalJSON(b); err != nil {
			if !errors.Is(err, global.ErrMalformed) && !errors.Is(err, global.ErrSignature) {
				t.Fatalf("%s: %v", b, err)
			}
			return
		}
		written, err := json.Marshal(e)
		if err != nil || again.UnmarshalJSON(written) != nil || !reflect.DeepEqual(again, e) {
			t.Fatalf("%s read as %+v, written as %s, %v, and read as %+v", b, e, written, err, again)
		}
		checkDecodeEvidence(t, e.Encode())
	})
}
