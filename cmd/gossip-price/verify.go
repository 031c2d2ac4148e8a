package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/global"
)

func verifyCommand() command {
	c := command{
		name:      "verify",
		arguments: "--signers LIST|FILE [FILE]",
		summary:   "check proofs, the lines of 'prices --json', without trusting anybody",
		examples: []string{
			"gossip-price prices --all --json | gossip-price verify --signers roster.txt --quorum 3",
			"gossip-price verify --signers 0x..,0x..,0x.. --network gossip-price proofs.jsonl",
		},
	}
	c.run = func(p program, _ context.Context, args []string) error {
		fs := c.flags(p.stdout)
		v, err := newVerifier(fs, p, args)
		if err != nil {
			return err
		}
		in, err := openInput(p.stdin, fs.Arg(0))
		if err != nil {
			return err
		}
		return errors.Join(v.all(in), in.Close())
	}
	return c
}

// verifier checks proofs one after the other and counts.
type verifier struct {
	roster  tenures
	quorum  int
	network string // of the proofs; empty until the first one
	fixed   bool   // the network was named, so proofs of others fail
	json    bool
	out     io.Writer

	checked, failed int
}

func newVerifier(fs *flag.FlagSet, p program, args []string) (*verifier, error) {
	v := &verifier{out: p.stdout}
	signers := fs.String("signers", "", "whose signatures count, `LIST|FILE`: a comma list of addresses, or a file with an address a line, "+
		"each with from=TIME and until=TIME if it had its seat only then")
	fs.IntVar(&v.quorum, "quorum", 3, "at least `N` distinct signers of a proof")
	fs.StringVar(&v.network, "network", "", "the only `NAME` of a network to accept; needed when the proofs are of several")
	fs.BoolVar(&v.json, "json", false, "one JSON object a proof, and one for the summary")
	if err := parse(fs, args, 1); err != nil {
		return nil, err
	}
	if *signers == "" {
		return nil, fmt.Errorf("%w: --signers is missing: a proof is worth what its signers are, so say whom you trust", errUsage)
	}
	if v.quorum < 1 {
		return nil, fmt.Errorf("%w: --quorum %d, want at least 1", errUsage, v.quorum)
	}
	v.fixed = v.network != ""
	var err error
	v.roster, err = readTenures(*signers)
	return v, err
}

func openInput(stdin io.Reader, name string) (io.ReadCloser, error) {
	if name == "" || name == "-" {
		return io.NopCloser(stdin), nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open proofs: %w", err)
	}
	return f, nil
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
		var row consensus.Row
		err := json.Unmarshal(lines.Bytes(), &row)
		if err == nil {
			if err = v.one(row); errors.Is(err, errNetworks) {
				return fmt.Errorf("line %d: %w", number, err)
			}
		}
		v.report(number, row, err)
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

func (v *verifier) one(row consensus.Row) error {
	if row.Network == "" {
		return fmt.Errorf("%w: no network", global.ErrMalformed)
	}
	if v.network == "" {
		v.network = row.Network
	}
	if row.Network != v.network {
		if v.fixed {
			return fmt.Errorf("network %q, want %q", row.Network, v.network)
		}
		return fmt.Errorf("%w: %q after %q", errNetworks, row.Network, v.network)
	}
	return row.Verify(v.roster.at(row.RoundTime), v.quorum)
}

func (v *verifier) report(number int, row consensus.Row, err error) {
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
		}{number, row.ID.String(), err == nil, errorText(err)}
		_ = json.NewEncoder(v.out).Encode(line) // a closed output shows in the shell
		return
	}
	if err != nil {
		fmt.Fprintf(v.out, "FAIL  line %d  %s  %v\n", number, row.ID, err)
		return
	}
	fmt.Fprintf(v.out, "ok    %s  %s %s  %s  signed by %d\n", row.ID, row.Pair, row.Price,
		row.RoundTime.Format(timeFormat), len(row.SignData))
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
