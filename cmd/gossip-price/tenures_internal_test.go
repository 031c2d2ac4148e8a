package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus/signing"
)

const (
	alice = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
	bob   = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
	noon  = "2026-01-01T12:00:00Z"
	later = "2026-01-01T13:00:00Z"
)

func at(t *testing.T, text string) time.Time {
	t.Helper()
	when, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

func address(t *testing.T, text string) signing.Address {
	t.Helper()
	a, err := signing.ParseAddress(text)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// The list is read as addresses by its first characters, and as a file otherwise.
func TestReadTenures(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "roster")
	for list, want := range map[string][2]bool{ // whether alice and bob are members
		alice:                                 {true, false},
		alice + "," + bob:                     {true, true},
		alice + ", " + bob + ",":              {true, true},
		strings.ToLower(bob):                  {false, true},
		file + ":" + alice + "\n" + bob:       {true, true},
		file + ":# " + bob + "\n\n\t" + alice: {true, false},
		file + ":" + alice + "#yes\r\n":       {true, false},
	} {
		if content, named := strings.CutPrefix(list, file+":"); named {
			if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			list = file
		}
		roster, err := readTenures(list)
		if err != nil {
			t.Errorf("%q: %v", list, err)
			continue
		}
		member := roster.at(at(t, noon))
		if got := [2]bool{member(address(t, alice)), member(address(t, bob))}; got != want {
			t.Errorf("%q: members %v, want %v", list, got, want)
		}
	}
}

func TestTenureTimes(t *testing.T) {
	t.Parallel()
	for lines, want := range map[string][3]bool{ // a second before noon, at noon, at one
		alice:                     {true, true, true},
		alice + " from=" + noon:   {false, true, true},
		alice + " until=" + noon:  {true, false, false},
		alice + " until=" + later: {true, true, false},
		alice + " from=" + noon + " until=" + later:                {false, true, false},
		alice + " until=" + later + " from=" + noon:                {false, true, false},
		alice + " until=" + noon + "\n" + alice + " from=" + later: {true, false, true},
		alice + " from=2026-01-01T13:00:00+01:00":                  {false, true, true}, // noon in UTC
		bob: {false, false, false},
	} {
		roster, err := scanTenures(strings.NewReader(lines))
		if err != nil {
			t.Errorf("%q: %v", lines, err)
			continue
		}
		var got [3]bool
		for i, when := range []time.Time{at(t, noon).Add(-time.Second), at(t, noon), at(t, later)} {
			got[i] = roster.at(when)(address(t, alice))
		}
		if got != want {
			t.Errorf("%q: a member %v, want %v", lines, got, want)
		}
	}
}

func TestTenuresRefused(t *testing.T) {
	t.Parallel()
	for lines, want := range map[string]string{
		"":                                       "names nobody",
		"# nobody\n\n":                           "names nobody",
		"0x12":                                   "line 1",
		alice + "\nbob":                          "line 2",
		alice[:41] + "7":                         "checksum",
		alice + " since=" + noon:                 "want from= or until=",
		alice + " from=noon":                     "RFC 3339",
		alice + " from":                          "RFC 3339",
		alice + " " + bob:                        "RFC 3339",
		strings.Repeat("x", 70_000):              "token too long",
		strings.Repeat(alice+"\n", maxTenures+1): fmt.Sprintf("line %d: more than %d lines", maxTenures+1, maxTenures),
	} {
		roster, err := scanTenures(strings.NewReader(lines))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %v, %v, want %q", lines, roster, err, want)
		}
	}
	if _, err := readTenures(filepath.Join(t.TempDir(), "none")); !errors.Is(err, errUsage) || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

// Whoever has a seat at an instant has it by one of their lines.
func TestTenuresProperty(t *testing.T) {
	t.Parallel()
	seconds := rapid.Int64Range(0, 100)
	rapid.Check(t, func(t *rapid.T) {
		roster := make(tenures)
		var a signing.Address
		for range rapid.IntRange(0, 4).Draw(t, "seats") {
			roster[a] = append(roster[a], tenure{
				from:  time.Unix(seconds.Draw(t, "from"), 0),
				until: time.Unix(seconds.Draw(t, "until"), 0),
			})
		}
		now := seconds.Draw(t, "now")
		want := false
		for _, seat := range roster[a] {
			want = want || (seat.from.Unix() <= now && now < seat.until.Unix())
		}
		if got := roster.at(time.Unix(now, 0))(a); got != want {
			t.Fatalf("at %d: %t with %v", now, got, roster[a])
		}
	})
}

// FuzzTenures: whatever a roster file holds, it is read or refused as wrong usage.
func FuzzTenures(f *testing.F) {
	f.Add(alice + " from=" + noon + " until=" + later + " # a node\n\n" + bob)
	f.Add(alice + "," + bob)
	f.Add(alice + " from=")
	f.Fuzz(func(t *testing.T, text string) {
		seats, err := scanTenures(strings.NewReader(text))
		if err == nil && len(seats) == 0 {
			t.Error("nobody is named, and no error")
		}
		for a := range seats {
			seats.at(time.Unix(0, 0))(a)
		}
	})
}
