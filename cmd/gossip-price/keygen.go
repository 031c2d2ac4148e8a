package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/node"
)

func keygenCommand() command {
	return command{
		name:    "keygen",
		summary: "make a new key, or show whose an existing one is: address and peer ID",
		examples: []string{
			"gossip-price keygen --out node.key",
			"gossip-price keygen --from node.key",
			"gossip-price keygen --json",
		},
		define: func(fs *flag.FlagSet) action {
			out := fs.String("out", "", "write the key to a new `FILE` of mode 0600 instead of showing it")
			from := fs.String("from", "", "show address and peer ID of the key in `FILE` instead of making one")
			asJSON := fs.Bool("json", false, "one JSON object")
			return func(_ context.Context, p program, _ []string) error {
				if *out != "" && *from != "" {
					return fmt.Errorf("%w: --out or --from, not both", errUsage)
				}
				card, err := keyCard(*out, *from)
				if err != nil {
					return err
				}
				if *asJSON {
					return json.NewEncoder(p.stdout).Encode(card)
				}
				return card.show(p.stdout)
			}
		},
	}
}

// card is what is shown of a key. The private key is shown only if it goes nowhere else.
type card struct {
	PrivateKey string          `json:"private_key,omitempty"`
	Address    signing.Address `json:"address"`
	PeerID     string          `json:"peer_id"`
}

func (c card) show(out io.Writer) error {
	var b strings.Builder
	if c.PrivateKey != "" {
		fmt.Fprintf(&b, "private key  %s\n", c.PrivateKey)
	}
	fmt.Fprintf(&b, "address      %s\npeer ID      %s\n", c.Address, c.PeerID)
	_, err := io.WriteString(out, b.String())
	return err
}

func keyCard(out, from string) (card, error) {
	key, shown, err := obtainKey(out, from)
	if err != nil {
		return card{}, err
	}
	id, err := node.PeerID(key)
	if err != nil {
		return card{}, err
	}
	return card{PrivateKey: shown, Address: key.Address(), PeerID: id.String()}, nil
}

func obtainKey(out, from string) (key signing.Key, shown string, err error) {
	switch {
	case from != "":
		key, err = signing.LoadKey(from)
	case out != "":
		var created bool
		key, created, err = signing.LoadOrCreateKey(out)
		if err == nil && !created {
			err = fmt.Errorf("write key: %w: %s", os.ErrExist, out)
		}
	default:
		if key, err = signing.GenerateKey(); err == nil {
			secret := key.Secret()
			shown = hex.EncodeToString(secret[:])
		}
	}
	return key, shown, err
}
