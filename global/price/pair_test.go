package price_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/global/price"
)

func TestParsePair(t *testing.T) {
	t.Parallel()
	re := regexp.MustCompile(`^[A-Z0-9]{1,12}-[A-Z0-9]{1,12}$`)
	pairs := rapid.OneOf(
		rapid.StringMatching(`[A-Z0-9]{0,14}-[A-Z0-9]{0,14}`),
		rapid.StringMatching(`[A-Za-z0-9 -]{0,14}`),
		rapid.String(),
	)
	rapid.Check(t, func(t *rapid.T) {
		s := pairs.Draw(t, "pair")
		p, err := price.ParsePair(s)
		if !re.MatchString(s) {
			if !errors.Is(err, global.ErrMalformed) || p != "" {
				t.Fatalf("ParsePair(%q) = %q, %v; want ErrMalformed", s, p, err)
			}
			return
		}
		if err != nil || string(p) != s || p.Base()+"-"+p.Quote() != s {
			t.Fatalf("ParsePair(%q) = %q (%q, %q), %v", s, p, p.Base(), p.Quote(), err)
		}
	})
}

func TestParsePairTable(t *testing.T) {
	t.Parallel()
	for in, valid := range map[string]bool{
		"ETH-USD":                         true,
		"1INCH-BTC":                       true,
		"ABCDEFGHIJKL-ABCDEFGHIJKL":       true,
		"ABCDEFGHIJKLM-USD":               false,
		"ETH-ABCDEFGHIJKLM":               false,
		"eth-usd":                         false,
		"ETHUSD":                          false,
		"ETH/USD":                         false,
		"ETH-USD-X":                       false,
		"ETH-USD\n":                       false,
		"ETH-US\u00d6":                    false,
		"-":                               false,
		"":                                false,
		strings.Repeat("A", 1<<16) + "-B": false,
	} {
		t.Run(in[:min(len(in), 30)], func(t *testing.T) {
			t.Parallel()
			_, err := price.ParsePair(in)
			if (err == nil) != valid {
				t.Errorf("ParsePair(%.40q) = %v", in, err)
			}
			if err != nil && len(err.Error()) > 200 {
				t.Errorf("error of %d bytes", len(err.Error()))
			}
		})
	}
}

func TestPairHalves(t *testing.T) {
	t.Parallel()
	pair, err := price.ParsePair("ETH-USD")
	if err != nil || pair.Base() != "ETH" || pair.Quote() != "USD" {
		t.Errorf("ETH-USD: %q, %q, %v", pair.Base(), pair.Quote(), err)
	}
}
