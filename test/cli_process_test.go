package test_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// process is a call of the program that goes on.
type process struct {
	stdout, stderr *output
	id             func() string
	signal         func(os.Signal) error
	ended          chan struct{}
	code           func() int // once it has ended
}

// start calls the program and leaves it running, at most until the test is over.
func (c cli) start(t *testing.T, args ...string) *process {
	t.Helper()
	cmd := c.command(t, c.path, args...)
	p := &process{stdout: new(output), stderr: new(output), ended: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = p.stdout, p.stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.id = func() string { return strconv.Itoa(cmd.Process.Pid) }
	p.signal = cmd.Process.Signal
	p.code = func() int { return cmd.ProcessState.ExitCode() }
	go func() {
		defer close(p.ended)
		_ = cmd.Wait() // the exit code tells
	}()
	t.Cleanup(func() {
		<-p.ended // the end of t's context kills it
		if t.Failed() {
			t.Logf("%s\nstdout: %s\nstderr: %s", cmd, p.stdout, p.stderr)
		}
	})
	return p
}

// stop sends the signal and fails unless the process ends within the time, with exit code 0.
func (p *process) stop(t *testing.T, s os.Signal, within time.Duration) {
	t.Helper()
	if err := p.signal(s); err != nil {
		t.Fatalf("signal: %v", err)
	}
	p.end(t, within)
	if p.code() != 0 {
		t.Errorf("exit code %d after %s\n%s", p.code(), s, p.stderr)
	}
}

// end waits for the end of the process.
func (p *process) end(t *testing.T, within time.Duration) {
	t.Helper()
	select {
	case <-p.ended:
	case <-time.After(within):
		t.Fatalf("still running after %s", within)
	}
}

// output is what a process has written so far.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// lines returns the whole lines with the text in them.
func (o *output) lines(text string) []string {
	var found []string
	for line := range strings.Lines(o.String()) {
		if strings.HasSuffix(line, "\n") && strings.Contains(line, text) {
			found = append(found, strings.TrimSuffix(line, "\n"))
		}
	}
	return found
}

// line waits for a line with the text and returns the first one.
func (o *output) line(t *testing.T, within time.Duration, text string) string {
	t.Helper()
	until(t, within, "the line "+text, func() bool { return len(o.lines(text)) > 0 })
	return o.lines(text)[0]
}

// pollPeriod is how often a condition is looked at.
const pollPeriod = 20 * time.Millisecond

// until waits for a condition and fails where it does not come in time.
func until(t *testing.T, within time.Duration, what string, condition func() bool) {
	t.Helper()
	deadline := time.After(within)
	ticker := time.NewTicker(pollPeriod)
	defer ticker.Stop()
	for !condition() {
		select {
		case <-deadline:
			t.Fatalf("not within %s: %s", within, what)
		case <-ticker.C:
		}
	}
}

// decode reads JSON that must be right.
func decode[T any](t *testing.T, text string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

// compact returns JSON of a value that has it.
func compact(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
