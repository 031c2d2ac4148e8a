package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

// tenures says when each signer had a seat in the roster. A signer may have several.
type tenures map[signing.Address][]tenure

// tenure is a time from (included) until (excluded); a zero time is without end.
type tenure struct{ from, until time.Time }

// at returns the roster at an instant.
func (t tenures) at(when time.Time) func(signing.Address) bool {
	return func(a signing.Address) bool {
		for _, seat := range t[a] {
			if !when.Before(seat.from) && (seat.until.IsZero() || when.Before(seat.until)) {
				return true
			}
		}
		return false
	}
}

// readTenures reads a comma list of addresses, or a file with an address a line. Errors wrap errUsage.
func readTenures(list string) (tenures, error) {
	if !strings.HasPrefix(list, "0x") {
		f, err := os.Open(list)
		if err != nil {
			return nil, fmt.Errorf("%w: --signers takes addresses or a file of them: %w", errUsage, err)
		}
		t, err := scanTenures(f)
		return t, errors.Join(err, f.Close())
	}
	return scanTenures(strings.NewReader(strings.ReplaceAll(list, ",", "\n")))
}

// maxTenures bounds the seats of a roster's history.
const maxTenures = 100 * global.MaxSigners

func scanTenures(r io.Reader) (tenures, error) {
	t := make(tenures)
	lines := bufio.NewScanner(r)
	for number := 1; lines.Scan(); number++ {
		text, _, _ := strings.Cut(lines.Text(), "#")
		words := strings.Fields(text)
		if len(words) == 0 {
			continue
		}
		a, seat, err := parseTenure(words)
		if err == nil && number > maxTenures {
			err = fmt.Errorf("more than %d lines", maxTenures)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: --signers, line %d: %w", errUsage, number, err)
		}
		t[a] = append(t[a], seat)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read --signers: %w", err)
	}
	if len(t) == 0 {
		return nil, fmt.Errorf("%w: --signers names nobody", errUsage)
	}
	return t, nil
}

// parseTenure reads ADDRESS [from=TIME] [until=TIME], times in RFC 3339.
func parseTenure(words []string) (signing.Address, tenure, error) {
	var seat tenure
	a, err := signing.ParseAddress(words[0])
	if err != nil {
		return a, seat, err
	}
	for _, word := range words[1:] {
		name, value, _ := strings.Cut(word, "=")
		when, err := time.Parse(time.RFC3339, value)
		switch {
		case err != nil:
			return a, seat, fmt.Errorf("%q: want from= or until= and an RFC 3339 time", word)
		case name == "from":
			seat.from = when
		case name == "until":
			seat.until = when
		default:
			return a, seat, fmt.Errorf("%q: want from= or until=", word)
		}
	}
	return a, seat, nil
}
