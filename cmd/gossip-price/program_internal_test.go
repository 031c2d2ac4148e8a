package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// screenOf returns a program that writes to files, and what reads what it wrote.
func screenOf(t *testing.T, terminal bool) (p program, stdout, stderr func() string) {
	t.Helper()
	open := func(name string) (plain, func() string) {
		f, err := os.Create(filepath.Join(t.TempDir(), name))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Close() })
		return plain{f}, func() string {
			b, err := os.ReadFile(f.Name())
			if err != nil {
				t.Fatal(err)
			}
			return string(b)
		}
	}
	p = program{stdin: strings.NewReader(""), terminal: func(uintptr) bool { return terminal }}
	p.stdout, stdout = open("stdout")
	p.stderr, stderr = open("stderr")
	return p, stdout, stderr
}

// A pipe gets JSON, a terminal text, unless a format is asked for; durations can be read in both.
func TestLogger(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		terminal bool
		format   string
		json     bool
	}{
		"auto, terminal": {true, "auto", false},
		"auto, pipe":     {false, "auto", true},
		"text, pipe":     {false, "text", false},
		"json, terminal": {true, "json", true},
	} {
		p, stdout, stderr := screenOf(t, test.terminal)
		log := p.logger(slog.LevelWarn, test.format)
		log.Info("low")
		log.Warn("high", "in", 1500*time.Millisecond, "n", 7)
		want := "level=WARN msg=high in=1.5s n=7\n"
		if test.json {
			want = `"level":"WARN","msg":"high","in":"1.5s","n":7}` + "\n"
		}
		if got := stderr(); !strings.HasSuffix(got, want) || strings.Contains(got, "low") || stdout() != "" {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestStoreURL(t *testing.T) {
	t.Parallel()
	if got, err := storeURL("sqlite:x"); got != "sqlite:x" || err != nil {
		t.Errorf("the flag's store: %s, %v", got, err)
	}
	file := filepath.Join(t.TempDir(), "prices.db")
	if err := checkExists("sqlite:" + file); err == nil {
		t.Error("a file that is not there exists")
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, url := range []string{"sqlite:" + file, "postgres://host/db"} {
		if err := checkExists(url); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
}

// A stop while a server answers is a success.
func TestReplayStops(t *testing.T) {
	t.Parallel()
	p, _, stderr := screenOf(t, false)
	ctx, cancel := context.WithCancel(t.Context())
	code := make(chan int, 1)
	go func() { code <- p.run(ctx, []string{"replay-prices", "--addr", "127.0.0.1:0"}) }()
	deadline := time.After(20 * time.Second)
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for !strings.Contains(stderr(), "http://127.0.0.1:") {
		select {
		case <-deadline:
			t.Fatal("it does not start")
		case <-ticker.C:
		}
	}
	cancel()
	if got := <-code; got != 0 {
		t.Errorf("exit code %d: %s", got, stderr())
	}
}
