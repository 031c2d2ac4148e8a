package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/global/config"
)

// verifier checks proofs one after the other and counts.
type verifier struct {
	roster  tenures
	quorum  int
	read    func(line []byte) (claim, error)
	network string // of the proofs; empty until the first one
	fixed   bool   // the network was named, so proofs of others fail
	json    bool
	out     io.Writer

	checked, failed int
}

// maxProof bounds a line of input: a proof with as many signers as a roster may have.
const maxProof = 1 << 20 // bytes

var (
	errProofs   = errors.New("not all proofs hold")
	errNoProofs = errors.New("no proofs in the input")
	errNetworks = errors.New("proofs of several networks: name the one that you trust with --network")
)

// all checks every line and writes the summary. It returns errProofs if one fails.
func (v *verifier) all(in io.Reader) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxProof)
	for number := 1; lines.Scan(); number++ {
		if len(lines.Bytes()) == 0 {
			continue
		}
		c, err := v.read(lines.Bytes())
		if err == nil {
			if err = v.one(c); errors.Is(err, errNetworks) {
				return fmt.Errorf("line %d: %w", number, err)
			}
		}
		v.report(number, c, err)
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read proofs: %w", err)
	}
	if v.checked == 0 {
		return errNoProofs
	}
	v.summary()
	if v.failed > 0 {
		return fmt.Errorf("%w: %d of %d fail", errProofs, v.failed, v.checked)
	}
	return nil
}

func (v *verifier) one(c claim) error {
	name := c.network()
	if !config.ValidNetwork(name) { // the summary shows it, and a line feed in it would forge verdicts
		return fmt.Errorf("%w: network %.40q, want %s", global.ErrMalformed, name, config.NetworkRule)
	}
	if v.network == "" {
		v.network = name
	}
	if name != v.network {
		if v.fixed {
			return fmt.Errorf("network %q, want %q", name, v.network)
		}
		return fmt.Errorf("%w: %q after %q", errNetworks, name, v.network)
	}
	return c.verify(v.roster, v.quorum)
}

func (v *verifier) report(number int, c claim, err error) {
	v.checked++
	if err != nil {
		v.failed++
	}
	if v.json {
		line := struct {
			Line  int    `json:"line"`
			ID    string `json:"id"`
			OK    bool   `json:"ok"`
			Error string `json:"error,omitempty"`
		}{number, c.id().String(), err == nil, errorText(err)}
		_ = json.NewEncoder(v.out).Encode(line) // a closed output shows in the shell
		return
	}
	if err != nil {
		fmt.Fprintf(v.out, "FAIL  line %d  %s  %v\n", number, c.id(), err)
		return
	}
	fmt.Fprintf(v.out, "ok    %s  %s\n", c.id(), c)
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func (v *verifier) summary() {
	if v.json {
		_ = json.NewEncoder(v.out).Encode(map[string]any{ // as above
			"network": v.network, "checked": v.checked, "ok": v.checked - v.failed, "failed": v.failed, "quorum": v.quorum,
		})
		return
	}
	fmt.Fprintf(v.out, "network %s: %d checked, %d ok, %d failed (quorum %d)\n",
		v.network, v.checked, v.checked-v.failed, v.failed, v.quorum)
}
