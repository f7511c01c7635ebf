package alerts

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
)

// token is how a request to Telegram holds the token of the bot: in the path of its
// URL, which the errors of net/http repeat.
var token = regexp.MustCompile(`/bot[^/"]+/`)

func redact(text string) string { return token.ReplaceAllString(text, "/bot<redacted>/") }

// redactError keeps nothing of the error but its text: what it wraps holds the token.
func redactError(err error) error { return errors.New(redact(err.Error())) }

// redactor is a handler of the log that no token passes.
type redactor struct{ slog.Handler }

// Handle hands on a record without tokens.
func (h redactor) Handle(ctx context.Context, r slog.Record) error {
	clean := slog.NewRecord(r.Time, r.Level, redact(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(redactAttr(a))
		return true
	})
	return h.Handler.Handle(ctx, clean)
}

// WithAttrs hands on attributes without tokens.
func (h redactor) WithAttrs(attrs []slog.Attr) slog.Handler {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = redactAttr(a)
	}
	return redactor{h.Handler.WithAttrs(clean)}
}

// WithGroup hands on a group.
func (h redactor) WithGroup(name string) slog.Handler { return redactor{h.Handler.WithGroup(name)} }

func redactAttr(a slog.Attr) slog.Attr {
	v := a.Value.Resolve()
	switch v.Kind() {
	case slog.KindString:
		return slog.String(a.Key, redact(v.String()))
	case slog.KindGroup:
		clean := make([]slog.Attr, len(v.Group()))
		for i, inner := range v.Group() {
			clean[i] = redactAttr(inner)
		}
		return slog.Attr{Key: a.Key, Value: slog.GroupValue(clean...)}
	case slog.KindAny:
		switch x := v.Any().(type) {
		case error:
			return slog.Any(a.Key, redactError(x))
		case fmt.Stringer:
			return slog.String(a.Key, redact(x.String()))
		}
	default: // numbers, times and the like
	}
	return a
}
