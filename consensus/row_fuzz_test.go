package consensus_test

import (
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

// FuzzRowJSON checks what holds for any bytes at all: reading and verifying never panics and tells by its error what is
// wrong, and a row that verifies is written and read the same again.
func FuzzRowJSON(f *testing.F) {
	b, err := os.ReadFile("testdata/row.json")
	if err != nil {
		f.Fatal(err)
	}
	good := strings.TrimSpace(string(b))
	f.Add(good)
	f.Add("null")
	f.Add("{}")
	f.Add(strings.Replace(good, `"3000"`, `null`, 1))
	f.Add(strings.Replace(good, `"sign_data":[`, `"sign_data":[null,`, 1))
	f.Fuzz(func(t *testing.T, line string) {
		var row, again consensus.Row
		if err := row.UnmarshalJSON([]byte(line)); err != nil {
			if !errors.Is(err, global.ErrMalformed) {
				t.Fatalf("%s: %v", line, err)
			}
			return
		}
		if err := row.Verify(func(signing.Address) bool { return true }, 1); err != nil {
			if !errors.Is(err, global.ErrMalformed) && !errors.Is(err, global.ErrSignature) {
				t.Fatalf("%s: %v", line, err)
			}
			return
		}
		written, err := json.Marshal(row)
		if err != nil || again.UnmarshalJSON(written) != nil || !reflect.DeepEqual(again, row) {
			t.Fatalf("%s read as %+v, written as %s, %v, and read as %+v", line, row, written, err, again)
		}
	})
}
