package config

import (
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/global/price"
)

// hidden stands for a secret in a fault.
const hidden = "(hidden)"

// list splits a comma list; empty gives none.
func list(value string) []string {
	if strings.TrimSpace(value) == "" {
		return nil
	}
	items := strings.Split(value, ",")
	for i := range items {
		items[i] = strings.TrimSpace(items[i])
	}
	return items
}

func (p *parser) boolean(name, value string) bool {
	b, err := strconv.ParseBool(value)
	if err != nil {
		p.fault(name, value, "true or false")
	}
	return b
}

func (p *parser) integer(name, value string) int {
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || n > global.MaxSigners {
		p.fault(name, value, fmt.Sprintf("a whole number from 1 to %d", global.MaxSigners))
		return 0
	}
	return n
}

func (p *parser) oneOf(name, value string, allowed ...string) string {
	if !slices.Contains(allowed, value) {
		p.fault(name, value, "one of "+strings.Join(allowed, ", "))
	}
	return value
}

// duration parses 30s, 10m, or a bare number of seconds.
func (p *parser) duration(name, value string, least, most time.Duration) time.Duration {
	d, err := time.ParseDuration(value)
	if n, bare := strconv.ParseUint(value, 10, 31); bare == nil {
		d, err = time.Duration(n)*time.Second, nil
	}
	if err != nil || d < least || d > most {
		p.fault(name, value, fmt.Sprintf("a duration from %s to %s, such as 30s, 10m or 600", least, most))
		return 0
	}
	return d
}

// seconds parses a duration of whole seconds: windows on the wall clock are named by them.
func (p *parser) seconds(name, value string, most time.Duration) time.Duration {
	d := p.duration(name, value, time.Second, most)
	if d%time.Second != 0 {
		p.fault(name, value, "whole seconds")
		return 0
	}
	return d
}

func (p *parser) network(value string) string {
	if !ValidNetwork(value) {
		p.fault("GP_NETWORK", value, NetworkRule)
	}
	return value
}

func (p *parser) networkKey(value string) []byte {
	if value == "" {
		return nil
	}
	key, err := hex.DecodeString(strings.TrimPrefix(value, "0x"))
	if err != nil || len(key) != 32 {
		p.fault("GP_NETWORKKEY", hidden, "32 bytes as 64 hex digits")
		return nil
	}
	return key
}

func (p *parser) privateKey(value string) signing.Key {
	if value == "" {
		return signing.Key{}
	}
	key, err := signing.ParseKey(value)
	if err != nil {
		p.fault("GP_PRIVATEKEY", hidden, "a secp256k1 key as 64 hex digits; 'gossip-price keygen' makes one")
	}
	return key
}

func (p *parser) signers(value string) []signing.Address {
	seen := make(map[signing.Address]bool)
	var signers []signing.Address
	for _, item := range list(value) {
		a, err := signing.ParseAddress(item)
		switch {
		case err != nil:
			p.fault("GP_SIGNERS", item, "an address: 0x and 40 hex digits with the right checksum")
		case seen[a]:
			p.fault("GP_SIGNERS", item, "every address once")
		}
		seen[a] = true
		signers = append(signers, a)
	}
	if len(signers) > global.MaxSigners {
		p.fault("GP_SIGNERS", fmt.Sprintf("(%d addresses)", len(signers)), fmt.Sprintf("at most %d", global.MaxSigners))
	}
	return signers
}

func (p *parser) pairs(value string) []price.Pair {
	var pairs []price.Pair
	for _, item := range list(value) {
		pair, err := price.ParsePair(item)
		switch {
		case err != nil:
			p.fault("GP_PAIRS", item, "BASE-QUOTE in capitals, such as ETH-USD")
		case slices.Contains(pairs, pair):
			p.fault("GP_PAIRS", item, "every pair once")
		}
		pairs = append(pairs, pair)
	}
	if len(pairs) == 0 || len(pairs) > global.MaxPairs {
		p.fault("GP_PAIRS", value, fmt.Sprintf("1 to %d pairs", global.MaxPairs))
	}
	return pairs
}

// ppm parses a percentage of up to four decimals, exactly.
func (p *parser) ppm(name, value string) uint64 {
	m := regexp.MustCompile(`^([0-9]{1,3})(?:\.([0-9]{1,4}))?%$`).FindStringSubmatch(value)
	if m == nil {
		p.fault(name, value, "a percentage such as 1% or 0.25%")
		return 0
	}
	digits := m[1] + m[2] + "0000"[len(m[2]):]
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil || n == 0 || n > 1_000_000 {
		p.fault(name, value, "more than 0% and at most 100%")
		return 0
	}
	return n
}
