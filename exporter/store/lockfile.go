package store

import (
	"context"
	"log/slog"
	"strings"
)

// lockfileSilence drops what Prometheus' database says of a lock file that is there
// already: that it belonged to a process that is gone and was replaced. It says so
// before it tries the lock, so also of a second wanwatch, which is refused next.
type lockfileSilence struct{ slog.Handler }

// Handle hands on all other records.
func (h lockfileSilence) Handle(ctx context.Context, r slog.Record) error {
	if strings.HasPrefix(r.Message, "A lockfile from a previous execution") {
		return nil
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs hands on attributes.
func (h lockfileSilence) WithAttrs(attrs []slog.Attr) slog.Handler {
	return lockfileSilence{h.Handler.WithAttrs(attrs)}
}

// WithGroup hands on a group.
func (h lockfileSilence) WithGroup(name string) slog.Handler {
	return lockfileSilence{h.Handler.WithGroup(name)}
}
