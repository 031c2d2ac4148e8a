package price_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/big"
	"regexp"
	"testing"

	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/global/price"
)

// shortest is a decimal without exponent, leading or trailing zeros.
var shortest = regexp.MustCompile(`^(0|[1-9][0-9]*)(\.[0-9]*[1-9])?$`)

// TestForms takes prices through every form and back.
func TestForms(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) { checkRoundTrips(t, prices().Draw(t, "price")) })
}

func checkRoundTrips(t failer, p price.Price) {
	t.Helper()
	text := p.String()
	exact, ok := new(big.Rat).SetString(text)
	if !ok || !shortest.MatchString(text) || exact.Cmp(new(big.Rat).SetFrac(scaled(p), power(18))) != 0 {
		t.Fatalf("String of %s x 10^-18 = %q", scaled(p), text)
	}
	if back, err := price.Parse(text); err != nil || back != p {
		t.Fatalf("Parse(%q) = %s, %v", text, back, err)
	}
	if b := p.Bytes(); !bytes.Equal(b, scaled(p).Bytes()) {
		t.Fatalf("Bytes of %s = %x", p, b)
	}
	if back, err := price.FromBytes(p.Bytes()); err != nil || back != p {
		t.Fatalf("FromBytes(%x) = %s, %v", p.Bytes(), back, err)
	}
	out, err := json.Marshal(map[string]price.Price{"price": p})
	if err != nil || string(out) != `{"price":"`+text+`"}` {
		t.Fatalf("JSON of %s = %s, %v", p, out, err)
	}
	var back map[string]price.Price
	if err := json.Unmarshal(out, &back); err != nil || back["price"] != p {
		t.Fatalf("JSON %s read back = %s, %v", out, back["price"], err)
	}
}

func TestUnmarshalTextRefuses(t *testing.T) {
	t.Parallel()
	for _, in := range []string{`"NaN"`, `"0"`, `""`, `"1e3"`, `"-1"`} {
		t.Run(in, func(t *testing.T) {
			t.Parallel()
			p := parse(t, "7")
			if err := json.Unmarshal([]byte(in), &p); !errors.Is(err, global.ErrMalformed) {
				t.Errorf("Unmarshal(%s) = %v, want ErrMalformed", in, err)
			}
			if p != parse(t, "7") {
				t.Errorf("a refused text changed the price to %s", p)
			}
		})
	}
	var p price.Price
	if err := json.Unmarshal([]byte(`3270.54`), &p); err == nil {
		t.Error("a JSON number was taken for a price")
	}
}

// TestFromBytes draws bytes: a price comes of them exactly where they are the minimal form of an integer in range.
func TestFromBytes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SliceOfN(rapid.Byte(), 0, 18).Draw(t, "bytes")
		n := new(big.Int).SetBytes(b)
		valid := n.Sign() > 0 && n.Cmp(power(38)) < 0 && bytes.Equal(n.Bytes(), b)
		got, err := price.FromBytes(b)
		switch {
		case valid && (err != nil || scaled(got).Cmp(n) != 0):
			t.Fatalf("FromBytes(%x) = %s, %v", b, got, err)
		case !valid && (!errors.Is(err, global.ErrMalformed) || !got.IsZero()):
			t.Fatalf("FromBytes(%x) = %s, %v; want ErrMalformed", b, got, err)
		}
	})
}

func TestFromBytesBounds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in    []byte
		valid bool
	}{
		"one":             {[]byte{1}, true},
		"10^38 - 1":       {new(big.Int).Sub(power(38), big.NewInt(1)).Bytes(), true},
		"10^38":           {power(38).Bytes(), false},
		"2^128 - 1":       {bytes.Repeat([]byte{0xff}, 16), false},
		"17 bytes":        {append([]byte{1}, make([]byte, 16)...), false},
		"33 bytes":        {append([]byte{1}, make([]byte, 32)...), false},
		"empty":           {nil, false},
		"zero":            {[]byte{0}, false},
		"a leading zero":  {[]byte{0, 1}, false},
		"32 bytes of one": {append(make([]byte, 31), 1), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if p, err := price.FromBytes(c.in); (err == nil) != c.valid {
				t.Errorf("FromBytes(%x) = %s, %v", c.in, p, err)
			}
		})
	}
}
