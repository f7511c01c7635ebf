package app

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"wanwatch/exporter"
	"wanwatch/exporter/store"
)

// A start that is to end does not wait for a store that takes long to open, and the
// store is closed when it comes.
func TestStoreThatComesTooLate(t *testing.T) {
	o := store.Options{Path: filepath.Join(t.TempDir(), "data"), Source: exporter.New(exporter.Options{})}
	ctx, cancel := context.WithCancel(t.Context())
	held, open := make(chan struct{}), make(chan struct{})
	go cancel()
	_, err := openStore(ctx, func() (*store.Store, error) {
		<-held
		defer close(open)
		return store.Open(o)
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("open: %v, want context.Canceled", err)
	}
	close(held)
	<-open
	eventually(t, "the late one is closed", func() bool {
		s, err := store.Open(o) // fails while another has it open
		return err == nil && s.Close() == nil
	})
}

// A second program on one history is refused, and says nothing untrue before.
func TestTwoOnOneHistory(t *testing.T) {
	data := Storage{Path: filepath.Join(t.TempDir(), "data")}
	o := Options{Inventory: write(t, uplinks("127.0.0.1:1", "a")), Storage: data, Listen: []string{"127.0.0.1:0"}}
	start(t, o)
	var log syncBuffer
	o.Logger = slog.New(slog.NewTextHandler(&log, nil))
	second, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Start(t.Context()); err == nil || !strings.Contains(err.Error(), "another wanwatch") {
		t.Errorf("the second: %v", err)
	}
	if strings.Contains(log.String(), "lockfile") {
		t.Errorf("the log of the second:\n%s", log.String())
	}
}
