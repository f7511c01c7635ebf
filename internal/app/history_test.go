package app

import (
	"context"
	"errors"
	"path/filepath"
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
