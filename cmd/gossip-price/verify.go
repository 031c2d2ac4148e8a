package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

func verifyCommand() command {
	c := command{
		name:      "verify",
		arguments: "--signers LIST|FILE [FILE]",
		summary:   "check proofs of prices, or of faults, without trusting anybody",
		examples: []string{
			"gossip-price prices --all --json | gossip-price verify --signers roster.txt --quorum 3",
			"gossip-price verify --signers 0x..,0x..,0x.. --network gossip-price proofs.jsonl",
			"gossip-price evidence --json | gossip-price verify --evidence --signers roster.txt",
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

func newVerifier(fs *flag.FlagSet, p program, args []string) (*verifier, error) {
	v := &verifier{out: p.stdout}
	signers := fs.String("signers", "", "whose signatures count, `LIST|FILE`: a comma list of addresses, or a file with an address a line, "+
		"each with from=TIME and until=TIME if it had its seat only then")
	fs.IntVar(&v.quorum, "quorum", 3, "at least `N` distinct signers of a proof")
	fs.StringVar(&v.network, "network", "", "the only `NAME` of a network to accept; needed when the proofs are of several")
	evidence := fs.Bool("evidence", false, "the lines are those of 'evidence --json': proofs that a signer signed two prices for a round")
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
	v.read = readPrice
	if *evidence {
		v.read = readEvidence
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
