package gossip

import (
	"context"
	"log/slog"

	golog "github.com/ipfs/go-log/v2"
	"github.com/libp2p/go-libp2p/gologshim"
	"go.uber.org/zap/zapcore"
)

// RouteLogs sends the errors of libp2p and of its DHT to h. It changes state of the whole process: call it once, before
// the first host is made. Levels below are left out: libp2p tells every message.
func RouteLogs(h slog.Handler) {
	gologshim.SetDefaultHandler(floor{h})
	golog.SetPrimaryCore(zapToSlog{h})
}

// quiet returns the logger for the inside of a library.
func quiet(log *slog.Logger) *slog.Logger { return slog.New(floor{log.Handler()}) }

// floor lets only errors through: libp2p warns of every peer that goes away.
type floor struct{ slog.Handler }

// Enabled implements slog.Handler.
func (f floor) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelError && f.Handler.Enabled(ctx, level)
}

// WithAttrs implements slog.Handler.
func (f floor) WithAttrs(attrs []slog.Attr) slog.Handler { return floor{f.Handler.WithAttrs(attrs)} }

// WithGroup implements slog.Handler.
func (f floor) WithGroup(name string) slog.Handler { return floor{f.Handler.WithGroup(name)} }

// zapToSlog is a zap core for the DHT, which still logs through zap.
type zapToSlog struct{ handler slog.Handler }

// Enabled implements zapcore.Core: errors only.
func (zapToSlog) Enabled(level zapcore.Level) bool { return level >= zapcore.ErrorLevel }

// With implements zapcore.Core.
func (z zapToSlog) With(fields []zapcore.Field) zapcore.Core {
	return zapToSlog{z.handler.WithAttrs(attrs(fields))}
}

// Check implements zapcore.Core.
func (z zapToSlog) Check(e zapcore.Entry, c *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if z.Enabled(e.Level) {
		return c.AddCore(e, z)
	}
	return c
}

// Write implements zapcore.Core.
func (z zapToSlog) Write(e zapcore.Entry, fields []zapcore.Field) error {
	ctx := context.Background() // zap has none to pass on
	if !z.handler.Enabled(ctx, slog.LevelError) {
		return nil
	}
	r := slog.NewRecord(e.Time, slog.LevelError, e.Message, 0)
	r.AddAttrs(slog.String("logger", e.LoggerName))
	r.AddAttrs(attrs(fields)...)
	return z.handler.Handle(ctx, r)
}

// Sync implements zapcore.Core: slog buffers nothing.
func (zapToSlog) Sync() error { return nil }

func attrs(fields []zapcore.Field) []slog.Attr {
	m := zapcore.NewMapObjectEncoder()
	for _, f := range fields {
		f.AddTo(m)
	}
	out := make([]slog.Attr, 0, len(m.Fields))
	for k, v := range m.Fields {
		out = append(out, slog.Any(k, v))
	}
	return out
}
