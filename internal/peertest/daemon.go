package peertest

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience bounds every wait for a program.
const patience = time.Minute

// Daemon starts a program, waits until ready returns nil, and stops it by a SIGTERM
// when the test ends; what it said is logged if the test failed.
func Daemon(t testing.TB, at Place, ready func() error, program string, args ...string) {
	t.Helper()
	at = at.complete()
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), program, args...)
	log := &buffer{}
	cmd.Stdout, cmd.Stderr = log, log
	if err := at.Do(cmd.Start); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait()
	}()
	name := filepath.Base(program)
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(patience):
			_ = cmd.Process.Kill()
			<-ended
		}
		if t.Failed() {
			t.Logf("%s said:\n%s", name, log)
		}
	})
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for {
		err := ready()
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-ended:
			t.Fatalf("%s ended:\n%s", name, log)
		case <-deadline:
			t.Fatalf("%s is not ready after %s: %v\n%s", name, patience, err, log)
		}
	}
}

// FreeTCP returns an address of loopback that was free just now.
func FreeTCP(t testing.TB) string {
	t.Helper()
	address, err := free(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// FreeUDP returns an address of loopback that was free just now.
func FreeUDP(t testing.TB) string {
	t.Helper()
	c, err := new(net.ListenConfig).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.LocalAddr().String()
}

// free returns an address of loopback that was free just now.
func free(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("finding a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// buffer is what a program says, while it is read.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
