package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/gossip-price/gossip-price/node/devnet"
	"github.com/gossip-price/gossip-price/node/org"
)

func orgCommand() command {
	return command{
		name:      "org",
		arguments: "new NAME",
		most:      2,
		summary:   "make a new organisation: keys, roster, settings of each node, and a compose file that runs them",
		examples: []string{
			"gossip-price org new acme",
			"gossip-price org new acme --nodes 7 --dir /srv/acme",
			"gossip-price org new acme --json",
		},
		define: func(fs *flag.FlagSet) action {
			nodes := fs.Int("nodes", 4, fmt.Sprintf("`N` gossip nodes, %d to %d; quorum is two thirds plus one", org.MinNodes, org.MaxNodes))
			dir := fs.String("dir", "", "new folder `DIR` for all of it; default ./NAME")
			asJSON := fs.Bool("json", false, "one JSON object of what was made, without secrets")
			return func(_ context.Context, p program, words []string) error {
				if len(words) != 2 || words[0] != "new" {
					return fmt.Errorf("%w: want 'org new NAME'; see 'gossip-price org --help'", errUsage)
				}
				if *dir == "" {
					*dir = words[1]
				}
				made, err := org.New(org.Options{Name: words[1], Nodes: *nodes, Dir: *dir})
				if err != nil {
					return err
				}
				if *asJSON {
					return json.NewEncoder(p.stdout).Encode(made)
				}
				return showOrg(p.stdout, made)
			}
		},
	}
}

// showOrg says what was made and how to go on. Nothing of it is secret.
func showOrg(out io.Writer, o org.Organisation) error {
	var b strings.Builder
	fmt.Fprintf(&b, "organisation %s in %s: %d nodes, quorum %d\n\nbootstrap  %s\n",
		o.Name, o.Dir, len(o.Signers), o.Quorum, o.Bootstrap)
	for i, a := range o.Signers {
		fmt.Fprintf(&b, "%-9s  %s\n", fmt.Sprintf("node%d", i+1), a)
	}
	compose := "docker-compose -f " + devnet.ShellWord(filepath.Join(o.Dir, "docker-compose.yaml"))
	fmt.Fprintf(&b, "\nstart it    %s up -d\nsee prices  %[1]s exec node1 /gossip-price prices\n"+
		"check them  %[1]s exec -T node1 /gossip-price prices --all --json | gossip-price verify --signers %s --quorum %d\n"+
		"\nThe keys and passwords are in the .env files there, and nowhere else; README.txt says which to guard.\n",
		compose, devnet.ShellWord(filepath.Join(o.Dir, "roster.txt")), o.Quorum)
	_, err := io.WriteString(out, b.String())
	return err
}
