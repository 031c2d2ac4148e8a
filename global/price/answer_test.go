package price_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gossip-price/gossip-price/global/price"
)

// listing returns an answer of the real one's shape: about 20 kB, some 640 rates as strings of up to 21 decimals. The
// symbols and rates are made up, but for USD.
func listing() []byte {
	const (
		rates    = 640
		alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	)
	random := rand.New(rand.NewPCG(1, 2))
	seen := map[string]bool{"USD": true}
	var b bytes.Buffer
	b.WriteString(`{"data":{"currency":"ETH","rates":{`)
	for n := 0; n < rates; {
		var symbol strings.Builder
		for range 3 + random.IntN(3) {
			symbol.WriteByte(alphabet[random.IntN(len(alphabet))])
		}
		if seen[symbol.String()] {
			continue
		}
		seen[symbol.String()] = true
		if n++; n == rates/2 {
			b.WriteString(`"USD":"3270.54",`)
		}
		// A rate has about as many digits as a float64 tells apart.
		whole := random.Uint64N([]uint64{1, 10, 100_000, 10_000_000}[random.IntN(4)])
		digits := fmt.Sprintf("%0*d", 10+random.IntN(12), random.Uint64N(10_000_000_000))
		fmt.Fprintf(&b, "%q:\"%d.%s\",", symbol.String(), whole, digits)
	}
	b.Truncate(b.Len() - 1)
	b.WriteString(`}}}`)
	return b.Bytes()
}

func TestDecodeListing(t *testing.T) {
	t.Parallel()
	body := listing()
	if rates := bytes.Count(body, []byte(`.`)); len(body) < 18_000 || len(body) > 24_000 || rates != 641 {
		t.Fatalf("the fixture has %d bytes and %d rates", len(body), rates)
	}
	got, err := price.Decode(body, "ETH-USD")
	if err != nil || got != parse(t, "3270.54") {
		t.Errorf("Decode = %s, %v", got, err)
	}
}

// rateOf returns an answer whose USD rate is the given JSON.
func rateOf(usd string) string {
	return `{"data":{"currency":"ETH","rates":{"AED":null,"USD":` + usd + `,"ZWL":7}}}`
}

func TestDecode(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body string
		want string // the price, or nothing where the answer is refused
	}{
		"a rate":                   {rateOf(`"3270.54"`), "3270.54"},
		"21 decimals are rounded":  {rateOf(`"0.000000000000000002500"`), "0.000000000000000002"},
		"30 decimals":              {rateOf(`"1.` + strings.Repeat("0", 30) + `"`), "1"},
		"white space around":       {" \n" + rateOf(`"1"`) + "\n", "1"},
		"unknown fields":           {`{"warnings":[1],"data":{"x":{},"currency":"ETH","rates":{"USD":"1"}}}`, "1"},
		"NaN":                      {rateOf(`"NaN"`), ""},
		"a negative":               {rateOf(`"-1"`), ""},
		"zero":                     {rateOf(`"0"`), ""},
		"an exponent":              {rateOf(`"1e400"`), ""},
		"40 decimals":              {rateOf(`"1.` + strings.Repeat("3", 40) + `"`), ""},
		"too large":                {rateOf(`"100000000000000000000"`), ""},
		"an empty string":          {rateOf(`""`), ""},
		"a number":                 {rateOf(`3270.54`), ""},
		"a null":                   {rateOf(`null`), ""},
		"a list":                   {rateOf(`["3270.54"]`), ""},
		"bare NaN":                 {rateOf(`NaN`), ""},
		"another currency":         {strings.Replace(rateOf(`"1"`), "ETH", "USD", 1), ""},
		"the currency in small":    {strings.Replace(rateOf(`"1"`), "ETH", "eth", 1), ""},
		"no currency":              {`{"data":{"rates":{"USD":"1"}}}`, ""},
		"no USD":                   {`{"data":{"currency":"ETH","rates":{"EUR":"1","usd":"2"}}}`, ""},
		"no rates":                 {`{"data":{"currency":"ETH"}}`, ""},
		"rates of another form":    {`{"data":{"currency":"ETH","rates":["USD","1"]}}`, ""},
		"null data":                {`{"data":null}`, ""},
		"null":                     {`null`, ""},
		"a list around":            {`[` + rateOf(`"1"`) + `]`, ""},
		"two answers":              {rateOf(`"1"`) + rateOf(`"1"`), ""},
		"trailing garbage":         {rateOf(`"1"`) + `x`, ""},
		"truncated by a byte":      {strings.TrimSuffix(rateOf(`"1"`), "}"), ""},
		"truncated within a rate":  {`{"data":{"currency":"ETH","rates":{"USD":"3270`, ""},
		"HTML":                     {`<!DOCTYPE html><html><body>3270.54</body></html>`, ""},
		"nothing":                  {``, ""},
		"Coinbase's form of error": {`{"errors":[{"id":"not_found","message":"Invalid currency"}]}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := price.Decode([]byte(c.body), "ETH-USD")
			switch {
			case c.want == "" && (!errors.Is(err, price.ErrSource) || !got.IsZero()):
				t.Errorf("Decode(%s) = %s, %v; want ErrSource", c.body, got, err)
			case c.want != "" && (err != nil || got != parse(t, c.want)):
				t.Errorf("Decode(%s) = %s, %v; want %s", c.body, got, err, c.want)
			}
		})
	}
}

// TestDecodeEveryTruncation cuts the whole listing at every 97th byte: no piece of an answer is one, even if the wanted
// rate is in it.
func TestDecodeEveryTruncation(t *testing.T) {
	t.Parallel()
	body := listing()
	for n := len(body) - 1; n > 0; n -= 97 {
		if got, err := price.Decode(body[:n], "ETH-USD"); !errors.Is(err, price.ErrSource) {
			t.Fatalf("Decode of %d of %d bytes = %s, %v", n, len(body), got, err)
		}
	}
}

func FuzzCoinbase(f *testing.F) {
	f.Add(listing())
	for _, usd := range []string{`"3270.54"`, `3270.54`, `null`, `"NaN"`, `"1e400"`, `"-1"`, `"\u0031"`, `{}`} {
		f.Add([]byte(rateOf(usd)))
	}
	f.Add([]byte(`{"data":{"currency":"USD","rates":{}}}`))
	f.Add([]byte(`<html>`))
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := price.Decode(body, "ETH-USD")
		if err != nil {
			if !errors.Is(err, price.ErrSource) || !got.IsZero() || len(err.Error()) > 1000 {
				t.Fatalf("Decode(%q) = %s, %v", body, got, err)
			}
			return
		}
		checkRoundTrips(t, got)
		whole := bytes.TrimSpace(body)
		for _, other := range [][]byte{whole[:len(whole)-1], append(slices.Clone(whole), 'x')} {
			if got, err := price.Decode(other, "ETH-USD"); err == nil {
				t.Fatalf("Decode(%q) = %s, of an answer cut short or with more behind it", other, got)
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	body := listing()
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := price.Decode(body, "ETH-USD"); err != nil {
			b.Fatal(err)
		}
	}
}
