package price_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/global/price"
)

func replayOf(r io.Reader) error {
	_, err := price.NewReplay(r, "ETH-USD", time.Second, time.Now)
	return err
}

func TestRecordingRefuses(t *testing.T) {
	t.Parallel()
	const row = "2025-11-04T23:11:00Z,3270.54\n"
	for name, c := range map[string]struct{ csv, want string }{
		"nothing":                 {"", "no rows"},
		"a header alone":          {"time,close\n", "no rows"},
		"another header":          {"time,open\n" + row, `line 1: "time,open": want "time,close"`},
		"no header":               {row, "line 1: "},
		"a byte order mark":       {"\ufefftime,close\n" + row, "line 1: "},
		"an empty line":           {"time,close\n" + row + "\n", "line 3: "},
		"one column":              {"time,close\n3270.54\n", "line 2: "},
		"three columns":           {"time,close\n2025-11-04T23:11:00Z,3270.54,1\n", "line 2: close: parse price"},
		"a unix time":             {"time,close\n1762297860,3270.54\n", "line 2: time: "},
		"a time without a zone":   {"time,close\n2025-11-04T23:11:00,3270.54\n", "line 2: time: "},
		"a 13th month":            {"time,close\n2025-13-04T23:11:00Z,3270.54\n", "line 2: time: "},
		"no price":                {"time,close\n2025-11-04T23:11:00Z,\n", "line 2: close: parse price"},
		"a price of zero":         {"time,close\n" + row + "2025-11-04T23:12:00Z,0\n", "line 3: close: parse price"},
		"a quoted price":          {"time,close\n2025-11-04T23:11:00Z,\"3270.54\"\n", "line 2: close: parse price"},
		"the same time twice":     {"time,close\n" + row + row, "line 3: not later"},
		"newest first":            {"time,close\n" + row + "2025-11-04T23:10:00Z,1\n", "line 3: not later"},
		"a line without an end":   {"time,close\n" + row + strings.Repeat("x", 1<<20), "line 3: bufio.Scanner: token too long"},
		"a header without an end": {strings.Repeat("x", 1<<20), "line 1: bufio.Scanner: token too long"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := replayOf(strings.NewReader(c.csv))
			if err == nil || !strings.HasPrefix(err.Error(), "replay prices: "+c.want) {
				t.Errorf("NewReplay = %v; want %q", err, c.want)
			}
			if errors.Is(err, global.ErrMalformed) != strings.Contains(c.want, "parse price") {
				t.Errorf("NewReplay = %v; is ErrMalformed: %t", err, errors.Is(err, global.ErrMalformed))
			}
		})
	}
}

func TestRecordingTakes(t *testing.T) {
	t.Parallel()
	for name, csv := range map[string]string{
		"one row":              minutes(1),
		"lines of Windows":     strings.ReplaceAll(minutes(3), "\n", "\r\n"),
		"no last line break":   strings.TrimSuffix(minutes(3), "\n"),
		"another zone":         "time,close\n2025-11-04T23:11:00+01:00,1\n2025-11-04T22:12:00Z,2\n",
		"parts of a second":    "time,close\n2025-11-04T23:11:00.001Z,1\n2025-11-04T23:11:00.002Z,2\n",
		"the longest of lines": "time,close\n2025-11-04T23:11:00.123456789+01:00," + strings.Repeat("1", 20) + "." + strings.Repeat("1", 30),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := replayOf(strings.NewReader(csv)); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestRecordingReadError(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk on fire")
	csv := io.MultiReader(strings.NewReader(minutes(2)), iotest.ErrReader(broken))
	if err := replayOf(csv); !errors.Is(err, broken) || !strings.Contains(err.Error(), "line 4") {
		t.Errorf("NewReplay = %v", err)
	}
}

// TestRecordingBound has a recording with an error behind the row that is one too many: it is not read on until there.
func TestRecordingBound(t *testing.T) {
	t.Parallel()
	if rows, err := price.ReadRecording(strings.NewReader(minutes(3)), 3); err != nil || len(rows) != 3 {
		t.Errorf("3 rows of at most 3: %d, %v", len(rows), err)
	}
	csv := io.MultiReader(strings.NewReader(minutes(4)), iotest.ErrReader(io.ErrUnexpectedEOF))
	rows, err := price.ReadRecording(csv, 3)
	if err == nil || err.Error() != "line 5: more than 3 rows" || rows != nil {
		t.Errorf("4 rows of at most 3: %d, %v", len(rows), err)
	}
}

// TestRecorded reads the embedded recording whole: what its doc comment says.
func TestRecorded(t *testing.T) {
	t.Parallel()
	csv, err := io.ReadAll(price.Recorded())
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(csv)), "\n")
	if len(lines) != 301 || lines[1] != "2025-11-04T23:11:00Z,3270.54" {
		t.Errorf("%d lines, the first row %q", len(lines), lines[1])
	}
	if err := replayOf(price.Recorded()); err != nil {
		t.Error(err)
	}
}
