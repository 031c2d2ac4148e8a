package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/global/config"
)

// maxAside bounds the list: of more, the last ones are shown.
const maxAside = 10_000

func asideCommand() command {
	return command{
		name:    "aside",
		summary: "show what the price store of this node refused; the node must be stopped (docs/reliability.md)",
		examples: []string{
			"gossip-price aside",
			"GP_DATADIR=/srv/acme/node1 gossip-price aside --json",
			"gossip-price aside --retry",
		},
		define: func(fs *flag.FlagSet) action {
			retry := fs.Bool("retry", false, "put all of them back: the node writes them when it is started")
			asJSON := fs.Bool("json", false, "one JSON object a line; with --retry a last one with how many were put back")
			return func(ctx context.Context, p program, _ []string) error {
				cfg, err := config.Load()
				if err != nil {
					return err
				}
				if _, err := os.Stat(cfg.JournalPath()); err != nil {
					return fmt.Errorf("no journal: %w; GP_DATADIR names the node's folder", err)
				}
				journal, err := store.OpenJournal(ctx, cfg.JournalPath())
				if err != nil {
					return err
				}
				return errors.Join(showAside(ctx, p.stdout, journal, *retry, *asJSON), journal.Close())
			}
		},
	}
}

// showAside lists the certificates that are set aside, and puts them back if asked to.
func showAside(ctx context.Context, out io.Writer, journal *store.Journal, retry, asJSON bool) error {
	list, err := journal.Aside(ctx, maxAside)
	if err != nil {
		return err
	}
	for _, a := range list {
		if asJSON {
			err = json.NewEncoder(out).Encode(map[string]string{
				"id": "0x" + hex.EncodeToString(a.ID), "time": a.At.Format(time.RFC3339), "reason": a.Reason,
				"report": "0x" + hex.EncodeToString(a.Report),
			})
		} else {
			_, err = fmt.Fprintf(out, "%s  0x%x  %s\n", a.At.Format(timeFormat), a.ID, a.Reason)
		}
		if err != nil {
			return fmt.Errorf("write list: %w", err)
		}
	}
	if len(list) == maxAside && !asJSON {
		if _, err := fmt.Fprintf(out, "these are the last %d; --retry puts back all that there are\n", maxAside); err != nil {
			return fmt.Errorf("write list: %w", err)
		}
	}
	if !retry {
		return nil
	}
	count, err := journal.Readmit(ctx)
	switch {
	case err != nil:
		return err
	case asJSON:
		err = json.NewEncoder(out).Encode(map[string]int{"back_in_outbox": count})
	default:
		_, err = fmt.Fprintf(out, "%d certificates are back in the outbox; start the node\n", count)
	}
	return err
}
