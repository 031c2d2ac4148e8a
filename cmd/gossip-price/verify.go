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
	return command{
		name:      "verify",
		arguments: "--signers LIST|FILE [FILE]",
		most:      1,
		summary:   "check proofs of prices, or of faults, without trusting anybody",
		examples: []string{
			"gossip-price prices --all --json | gossip-price verify --signers roster.txt --quorum 3",
			"gossip-price verify --signers 0x..,0x..,0x.. --network gossip-price proofs.jsonl",
			"gossip-price evidence --json | gossip-price verify --evidence --signers roster.txt",
		},
		exits: "0 if there are proofs and all of them hold, 1 if not",
		define: func(fs *flag.FlagSet) action {
			v, trust := verifierFlags(fs)
			return func(_ context.Context, p program, arguments []string) error {
				if err := trust(); err != nil {
					return err
				}
				in, err := openInput(p.stdin, arguments)
				if err != nil {
					return err
				}
				v.out = p.stdout
				return errors.Join(v.all(in), in.Close())
			}
		},
	}
}

// verifierFlags declares the flags. They go to the verifier, but for what trust reads and checks once they are parsed.
func verifierFlags(fs *flag.FlagSet) (v *verifier, trust func() error) {
	v = &verifier{read: readPrice}
	signers := fs.String("signers", "", "whose signatures count, `LIST|FILE`: a comma list of addresses, or a file with an address a line, "+
		"each with from=TIME and until=TIME if it had its seat only then")
	fs.IntVar(&v.quorum, "quorum", 3, "at least `N` distinct signers of a proof")
	fs.StringVar(&v.network, "network", "", "the only `NAME` of a network to accept; needed when the proofs are of several")
	evidence := fs.Bool("evidence", false, "the lines are those of 'evidence --json': proofs that a signer signed two prices for a round")
	fs.BoolVar(&v.json, "json", false, "one JSON object a proof, and one for the summary")
	return v, func() (err error) {
		if *signers == "" {
			return fmt.Errorf("%w: --signers is missing: a proof is worth what its signers are, so say whom you trust", errUsage)
		}
		if v.quorum < 1 {
			return fmt.Errorf("%w: --quorum %d, want at least 1", errUsage, v.quorum)
		}
		if *evidence {
			v.read = readEvidence
		}
		v.fixed = v.network != ""
		v.roster, err = readTenures(*signers)
		return err
	}
}

// openInput opens the file that is named, or standard input.
func openInput(stdin io.Reader, names []string) (io.ReadCloser, error) {
	if len(names) == 0 || names[0] == "-" {
		return io.NopCloser(stdin), nil
	}
	f, err := os.Open(names[0])
	if err != nil {
		return nil, fmt.Errorf("open proofs: %w", err)
	}
	return f, nil
}
