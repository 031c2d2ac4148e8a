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

// grammar is that of docs/protocol.md, section 2, word for word.
const grammar = `^[0-9]{1,20}(\.[0-9]{1,30})?$`

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"3270.54", "3270.54"},
		{"12", "12"},
		{"0012.500", "12.5"},
		{"3270.540000000000000000", "3270.54"},
		{"0.000000000000000001", "0.000000000000000001"},
		{"0.0000000000000000005000000000001", ""},
		{"0.000000000000000000500000000001", "0.000000000000000001"},
		{"0.0000000000000000015", "0.000000000000000002"},
		{"0.0000000000000000025", "0.000000000000000002"},
		{"0.0000000000000000024999", "0.000000000000000002"},
		{"0.0000000000000000025000001", "0.000000000000000003"},
		{"1.9999999999999999995", "2"},
		{"99999999999999999999.999999999999999999", "99999999999999999999.999999999999999999"},
		{"99999999999999999999.9999999999999999994", "99999999999999999999.999999999999999999"},
		{"99999999999999999999.9999999999999999995", ""},
		{"0.0000000000000000005", ""},
		{"0.000000000000000000", ""},
		{"0", ""},
		{"", ""},
		{".", ""},
		{".5", ""},
		{"5.", ""},
		{"1.2.3", ""},
		{"-1", ""},
		{"+1", ""},
		{" 1", ""},
		{"1\n", ""},
		{"1e400", ""},
		{"1e3", ""},
		{"0x10", ""},
		{"1_000", ""},
		{"1,5", ""},
		{"NaN", ""},
		{"Inf", ""},
		{"\u0663", ""},
		{"100000000000000000000", ""},
		{"000000000000000000001", ""},
		{"1." + strings.Repeat("0", 31), ""},
		{"1." + strings.Repeat("3", 40), ""},
	} {
		t.Run(c.in, func(t *testing.T) {
			t.Parallel()
			got, err := price.Parse(c.in)
			switch {
			case c.want == "" && !errors.Is(err, global.ErrMalformed):
				t.Errorf("Parse(%q) = %s, %v; want ErrMalformed", c.in, got, err)
			case c.want == "" && !got.IsZero():
				t.Errorf("Parse(%q) = %s beside its error", c.in, got)
			case c.want != "" && (err != nil || got.String() != c.want):
				t.Errorf("Parse(%q) = %s, %v; want %s", c.in, got, err, c.want)
			}
		})
	}
}

func TestParseErrorIsShort(t *testing.T) {
	t.Parallel()
	if _, err := price.Parse(strings.Repeat("9", 1<<20)); err == nil || len(err.Error()) > 200 {
		t.Errorf("Parse of 1 MiB: error of %d bytes", len(err.Error()))
	}
}

// TestParseAgainstBig compares Parse with the grammar as a regular expression and the rounding in rational numbers.
func TestParseAgainstBig(t *testing.T) {
	t.Parallel()
	re := regexp.MustCompile(grammar)
	rapid.Check(t, func(t *rapid.T) {
		checkParse(t, re, decimals().Draw(t, "decimal"))
	})
}

// decimals draws prices, near misses of the grammar, and ties of the rounding.
func decimals() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringMatching(`[0-9]{1,20}(\.[0-9]{1,30})?`),
		rapid.StringMatching(`[0-9]{1,21}\.[0-9]{17,19}[05][0-9]?0{0,12}`),
		rapid.StringMatching(`9{20}\.9{17,19}[4-6]?[0-9]{0,3}`),
		rapid.StringMatching(`0{1,3}\.0{17,18}[0-9]{0,12}`),
		rapid.StringMatching(`[-+0-9.eE ]{0,60}`),
		rapid.String(),
	)
}

type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

func checkParse(t failer, re *regexp.Regexp, s string) {
	t.Helper()
	got, err := price.Parse(s)
	want := reference(re, s)
	if want == nil {
		if !errors.Is(err, global.ErrMalformed) || !got.IsZero() {
			t.Fatalf("Parse(%q) = %s, %v; want ErrMalformed", s, got, err)
		}
		return
	}
	if err != nil || scaled(got).Cmp(want) != 0 {
		t.Fatalf("Parse(%q) = %s, %v; want %s x 10^-18", s, got, err, want)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"3270.54", "0.0000000000000000005", "0.0000000000000000015", "99999999999999999999.9999999999999999995",
		"00000000000000000001.000000000000000000000000000001", "1e400", "-1", "NaN", "", ".", "1.", "١",
	} {
		f.Add(seed)
	}
	re := regexp.MustCompile(grammar)
	f.Fuzz(func(t *testing.T, s string) {
		checkParse(t, re, s)
		if p, err := price.Parse(s); err == nil {
			checkRoundTrips(t, p)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := price.Parse("3270.54000000000000000050000001"); err != nil {
			b.Fatal(err)
		}
	}
}
