package snmp

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"wanwatch/internal/testenv"
)

// TestMain stops the programs that tests share.
func TestMain(m *testing.M) {
	m.Run()
	stopPrograms()
}

var (
	programsMu sync.Mutex
	programs   []func()
)

func stopPrograms() {
	programsMu.Lock()
	defer programsMu.Unlock()
	for _, stop := range programs {
		stop()
	}
	programs = nil
}

func atEnd(stop func()) {
	programsMu.Lock()
	defer programsMu.Unlock()
	programs = append(programs, stop)
}

// freePort returns a UDP port of the loopback that was free a moment ago.
func freePort(t testing.TB) int {
	t.Helper()
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).Port
}

// program starts a program and waits until it prints ready. It is stopped by
// its own process id.
func program(path string, args []string, env []string, ready string) (stop func(), err error) {
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // lets snmpd save its state
	cmd.WaitDelay = 10 * time.Second
	out, in, err := os.Pipe()
	if err != nil {
		cancel()
		return nil, err
	}
	cmd.Stdout, cmd.Stderr = in, in
	if err := cmd.Start(); err != nil {
		cancel()
		return nil, err
	}
	in.Close()
	stop = func() { cancel(); _ = cmd.Wait(); out.Close() }
	if err := out.SetReadDeadline(time.Now().Add(2 * time.Minute)); err != nil {
		stop()
		return nil, err
	}
	var said strings.Builder
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		said.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), ready) {
			_ = out.SetReadDeadline(time.Time{})
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return stop, nil
		}
	}
	stop()
	return nil, fmt.Errorf("%s did not say %q: %w\n%s", path, ready, lines.Err(), said.String())
}

// simulator starts Debian's snmpsim over a folder of recordings, once for all
// tests that use the same folder, and returns its address.
func simulator(t testing.TB, recordings string) string {
	t.Helper()
	path := testenv.NeedProgram(t, "snmpsimd", "snmpsim")
	simulatorsMu.Lock()
	defer simulatorsMu.Unlock()
	if address, ok := simulators[recordings]; ok {
		return address
	}
	cache, err := os.MkdirTemp("", "snmpsim") //nolint:usetesting // it outlives the test, and another user must get at it
	if err != nil {
		t.Fatal(err)
	}
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(freePort(t)))
	args := []string{"--data-dir=" + recordings, "--cache-dir=" + cache, "--agent-udpv4-endpoint=" + address}
	if os.Geteuid() == 0 {
		// It refuses to run as root.
		nobody, err := user.Lookup("nobody")
		if err != nil {
			t.Fatal(err)
		}
		uid, _ := strconv.Atoi(nobody.Uid)
		gid, _ := strconv.Atoi(nobody.Gid)
		if err := os.Chown(cache, uid, gid); err != nil {
			t.Fatal(err)
		}
		args = append(args, "--process-user=nobody", "--process-group=nogroup")
	}
	stop, err := program(path, args, nil, "Listening at UDP/IPv4 endpoint")
	if err != nil {
		t.Fatal(err)
	}
	atEnd(func() { stop(); _ = os.RemoveAll(cache) })
	simulators[recordings] = address
	return address
}

var (
	simulatorsMu sync.Mutex
	simulators   = map[string]string{}
)
