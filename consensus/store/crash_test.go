package store_test

import (
	"bufio"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/global"
)

// TestKilledNode kills a process at random moments, and starts another one on the same folder: see signForEver. Over all
// lives no place may be given two reports or two ids. The first life finds a journal of version 1, so that upgrades are
// killed too.
func TestKilledNode(t *testing.T) {
	t.Parallel()
	const lives = 40
	path := filepath.Join(t.TempDir(), "node.db")
	makeVersion1(t, path)
	published := make(map[string]string) // what was signed first, by verb and place
	counts := make(map[string]int)
	for life := range lives {
		for _, line := range liveAndDie(t, path, life) {
			place, signed, _ := strings.Cut(line, "=")
			verb, _, _ := strings.Cut(place, " ")
			counts[verb]++
			first, again := published[place]
			switch {
			case signed == "":
			case !again:
				published[place] = signed
			case signed == first:
				counts["again"]++
			default:
				t.Fatalf("life %d: %s: %q after %q", life, place, signed, first)
			}
		}
	}
	for _, verb := range []string{"open", "propose", "cosign", "refuse", "prune", "again"} {
		if counts[verb] < lives/4 {
			t.Errorf("%q in %d lives: too little was tested: %v", verb, lives, counts)
		}
	}
}

// liveAndDie runs a process that signs until it is killed: a moment after its start or, every second life, after some
// lines, however long they take. It returns the lines that the process wrote.
func liveAndDie(t *testing.T, path string, life int) (lines []string) {
	t.Helper()
	process, output := child(t, path)
	moment := rand.N(100 * time.Millisecond)
	if life%2 == 1 {
		moment = rand.N(5 * time.Millisecond)
		lines = append(lines, opened(t, output))
		for range rand.N(40) {
			output.Scan()
			lines = append(lines, output.Text())
		}
	}
	if life%8 == 1 {
		inUse(t, path)
	}
	timer := time.AfterFunc(moment, func() { _ = process.Process.Kill() })
	defer timer.Stop()
	for output.Scan() { // what was written before the kill is in the pipe
		lines = append(lines, output.Text())
	}
	if err := process.Wait(); process.ProcessState.ExitCode() != -1 {
		t.Fatalf("life %d ended by itself: %v: %q", life, err, lines)
	}
	return lines
}

// child starts the test binary as a process that signs by the journal. It ends with the test at the latest.
func child(t *testing.T, path string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	process := exec.CommandContext(ctx, binary)
	process.Env = append(os.Environ(), signJournal+"="+path)
	output, err := process.StdoutPipe()
	if err := errors.Join(err, process.Start()); err != nil {
		t.Fatal(err)
	}
	return process, bufio.NewScanner(output)
}

// stop kills the process, unless it has ended, and waits for its end.
func stop(process *exec.Cmd) {
	_ = process.Process.Kill()
	_ = process.Wait()
}

// opened waits until the process has opened its journal.
func opened(t *testing.T, output *bufio.Scanner) string {
	t.Helper()
	if !output.Scan() || output.Text() != "open" {
		t.Errorf("the other process: %q, %v", output.Text(), output.Err())
	}
	return output.Text()
}

// TestManyProcesses starts several on one folder at the same time: one at most goes on.
func TestManyProcesses(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "node.db")
	var outputs []*bufio.Scanner
	for range 4 {
		process, output := child(t, path)
		outputs = append(outputs, output)
		t.Cleanup(func() { stop(process) })
	}
	open := 0
	for _, output := range outputs {
		output.Scan()
		switch line := output.Text(); {
		case line == "open":
			open++
		case !strings.Contains(line, global.ErrInUse.Error()):
			t.Errorf("refused: %q", line)
		}
	}
	if open > 1 {
		t.Errorf("%d processes hold the journal", open)
	}
}
