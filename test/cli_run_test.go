package test_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"
)

// buildProgram builds the binary, with the race detector where the tests have it: so races of the process make tests
// fail, by its exit code of 66, and the build shares what was compiled for the tests.
func buildProgram(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "gossip-price")
	args := []string{"build", "-o", path}
	if raceDetector() {
		args = append(args, "-race")
	}
	build := exec.CommandContext(t.Context(), "go", append(args, "../cmd/gossip-price")...)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return path
}

// raceDetector tells whether the tests run with it.
func raceDetector() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// cli is the program and what surrounds a call of it.
type cli struct {
	path  string
	env   []string // besides a bare environment
	stdin string
}

// with returns the program with more environment variables, NAME=VALUE.
func (c cli) with(env ...string) cli {
	c.env = append(slices.Clone(c.env), env...)
	return c
}

// reading returns the program with other standard input.
func (c cli) reading(stdin string) cli {
	c.stdin = stdin
	return c
}

// command prepares a call in an environment without settings, and with a home of its own.
func (c cli) command(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	for _, entry := range os.Environ() {
		if !strings.HasPrefix(entry, "GP_") && !strings.HasPrefix(entry, "HOME=") {
			cmd.Env = append(cmd.Env, entry)
		}
	}
	const race = "GORACE=atexit_sleep_ms=0" // the race detector makes a process wait a second at its end
	cmd.Env = append(append(cmd.Env, race, "HOME="+t.TempDir()), c.env...)
	cmd.Stdin = strings.NewReader(c.stdin)
	return cmd
}

// result is what a call of the program came to.
type result struct {
	stdout, stderr string
	code           int
}

// callTimeout bounds a call that does not wait for anything.
const callTimeout = 30 * time.Second

// run calls the program and waits for its end.
func (c cli) run(t *testing.T, args ...string) result {
	t.Helper()
	return finish(t, c.command(t, c.path, args...))
}

// shell runs a line as a user would, copied from what the program has printed.
func (c cli) shell(t *testing.T, line string) result {
	t.Helper()
	return finish(t, c.command(t, "sh", "-c", line))
}

func finish(t *testing.T, cmd *exec.Cmd) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	timer := time.AfterFunc(callTimeout, func() { _ = cmd.Cancel() })
	defer timer.Stop()
	err := cmd.Run()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s: %v", cmd, err)
	}
	return result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// want fails unless the call ended with the exit code, and all the texts stand in what it wrote.
func (r result) want(t *testing.T, code int, texts ...string) result {
	t.Helper()
	if r.code != code {
		t.Errorf("exit code %d, want %d\nstdout: %s\nstderr: %s", r.code, code, r.stdout, r.stderr)
	}
	for _, text := range texts {
		if !strings.Contains(r.stdout+r.stderr, text) {
			t.Errorf("%q is not in the output\nstdout: %s\nstderr: %s", text, r.stdout, r.stderr)
		}
	}
	return r
}
