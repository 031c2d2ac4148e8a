package main

import "log/slog"

// logger writes to stderr: text, JSON, or with auto whichever suits the reader there.
func (p program) logger(level slog.Level, format string) *slog.Logger {
	options := &slog.HandlerOptions{Level: level, ReplaceAttr: durationInWords}
	if format == "text" || (format == "auto" && p.terminal(p.stderr.file.Fd())) {
		return slog.New(slog.NewTextHandler(p.stderr, options))
	}
	return slog.New(slog.NewJSONHandler(p.stderr, options))
}

// durationInWords writes durations in JSON as text has them, not as a number of nanoseconds.
func durationInWords(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindDuration {
		a.Value = slog.StringValue(a.Value.Duration().String())
	}
	return a
}
