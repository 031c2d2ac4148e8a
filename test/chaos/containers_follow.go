package main

import (
	"bufio"
	"context"
	"os/exec"
	"strings"
	"time"
)

// followPause is how long a follower waits before it looks again whether a service that ended was started.
const followPause = 500 * time.Millisecond

// follow reads a container's log as it grows. It ends when the container stops; then it begins again after the last line.
func (e *containers) follow(ctx context.Context, service string, line func(time.Time, string)) error {
	last := time.Unix(0, 0)
	for {
		e.readLog(ctx, service, &last, line)
		wait := time.NewTimer(followPause)
		select {
		case <-ctx.Done():
			wait.Stop()
			return nil
		case <-wait.C:
		}
	}
}

func (e *containers) readLog(ctx context.Context, service string, last *time.Time, line func(time.Time, string)) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c := exec.CommandContext(ctx, "docker", "logs", "--follow", "--timestamps", "--since", last.UTC().Format(time.RFC3339Nano), e.id(service))
	out, err := c.StdoutPipe()
	c.Stderr = c.Stdout
	c.WaitDelay = time.Second
	if err != nil || c.Start() != nil {
		return // again after a pause
	}
	defer func() {
		cancel() // where a line was too long
		_ = c.Wait()
	}()
	lines := bufio.NewScanner(out)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	for lines.Scan() {
		stamp, text, _ := strings.Cut(lines.Text(), " ")
		at, err := time.Parse(time.RFC3339Nano, stamp)
		if err != nil || !at.After(*last) {
			continue // read before
		}
		*last = at
		line(at, text)
	}
}
