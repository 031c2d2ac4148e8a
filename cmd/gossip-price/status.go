package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/gossip-price/gossip-price/cmd/gossip-price/screen"
)

func statusCommand() command {
	return command{
		name:    "status",
		summary: "show a running node and its network on one screen: is it ready, what to do, prices, members",
		examples: []string{
			"gossip-price status",
			"gossip-price status --url http://10.0.0.7:9000",
			"gossip-price status --json | jq -r '.checks[] | select(.state != \"ok\") | .remedy'",
		},
		exits: "0 only if the node answers and is ready, so that its prices reach quorum and get stored; 1 if not. Warnings and what is " +
			"wrong with other nodes leave it at 0",
		define: func(fs *flag.FlagSet) action {
			target := urlFlag(fs)
			asJSON := fs.Bool("json", false, "one JSON object with all that was answered")
			return func(ctx context.Context, p program, _ []string) error {
				q, err := inquiryOf(*target)
				if err != nil {
					return err
				}
				s, err := q.survey(ctx)
				if errors.Is(err, errUsage) {
					return err
				}
				return errors.Join(p.showStatus(s, *asJSON), notReady(s, err))
			}
		},
	}
}

// showStatus writes the state. Of a node that does not answer there is nothing to show but the error.
func (p program) showStatus(s *screen.State, asJSON bool) error {
	var err error
	switch {
	case asJSON:
		err = json.NewEncoder(p.stdout).Encode(s)
	case s.Error == "":
		columns, _ := p.size()
		_, err = p.stdout.file.WriteString(screen.Render(s, screen.Options{Columns: columns, Color: p.colors()}))
	}
	if err != nil {
		return fmt.Errorf("write status: %w", err)
	}
	return nil
}

var errNotReady = errors.New("the node is not ready")

// notReady returns why the node is no node or not ready; nil if it is.
func notReady(s *screen.State, err error) error {
	if err != nil || s.Ready {
		return err
	}
	var names []string
	for _, problem := range s.Problems {
		names = append(names, problem.Name)
	}
	return fmt.Errorf("%w: %s", errNotReady, strings.Join(names, ", "))
}

// mostColumns is how wide a screen is at most, and where its width is not known.
const mostColumns = 100

// size returns how much of the terminal is used; lines is 0 where stdout is none.
func (p program) size() (columns, lines int) {
	if !p.terminal(p.stdout.file.Fd()) {
		return mostColumns, 0
	}
	width, height, err := term.GetSize(int(p.stdout.file.Fd())) //nolint:gosec // the system has them as int
	if err != nil || width < 1 || height < 1 {                  // a terminal that does not know
		return mostColumns, 0
	}
	return min(width, mostColumns), height
}

// colors tells whether stdout takes colours, and they are wanted (no-color.org).
func (p program) colors() bool {
	return p.terminal(p.stdout.file.Fd()) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}
