package dashboard

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gossip-price/gossip-price/consensus"
)

// Bounds of texts that others wrote, in bytes.
const (
	sentence = 400
	label    = 80
)

// words are the functions of the pages.
func words() template.FuncMap {
	return template.FuncMap{
		"span":  span,
		"clock": func(t time.Time) string { return t.UTC().Format(time.TimeOnly) },
		"stamp": func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"count": count,
	}
}

// span says how long something is.
func span(d time.Duration) string {
	d = d.Abs()
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

// group sets commas between the thousands of a decimal, and gives it two decimals at least.
func group(decimal string) string {
	whole, fraction, _ := strings.Cut(decimal, ".")
	fraction += strings.Repeat("0", max(0, 2-len(fraction)))
	return thousands(whole) + "." + fraction
}

func thousands(whole string) string {
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return whole
}

// number writes a count with commas between the thousands.
func number(n uint64) string { return thousands(strconv.FormatUint(n, 10)) }

// count says how many of something there are: "1 node", "3 nodes".
func count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// clip makes valid UTF-8 of a text and cuts what is longer than there is room for.
func clip(text string, longest int) string {
	text = strings.ToValidUTF8(text, "?")
	if len(text) <= longest {
		return text
	}
	cut := longest
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + " .."
}

// at returns the instant of a time that may be unknown; zero then.
func at(t *consensus.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return time.Time(*t).UTC()
}

func millis(ms int64) time.Duration { return time.Duration(ms) * time.Millisecond }
