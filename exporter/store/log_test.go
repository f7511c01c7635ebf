package store_test

import (
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"
)

// logBook takes a log and lets a test wait for a line.
type logBook struct {
	t      *testing.T
	logger *slog.Logger

	mu   sync.Mutex
	text strings.Builder
}

func newLog(t *testing.T) *logBook {
	t.Helper()
	l := &logBook{t: t}
	l.logger = slog.New(slog.NewTextHandler(l, nil))
	return l
}

// Write takes a line.
func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// wait waits for some words; the test's own deadline bounds it.
func (l *logBook) wait(words string) {
	l.t.Helper()
	for tick := time.NewTicker(5 * time.Millisecond); ; <-tick.C {
		l.mu.Lock()
		there := strings.Contains(l.text.String(), words)
		l.mu.Unlock()
		if there {
			return
		}
	}
}
