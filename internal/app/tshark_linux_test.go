package app

import (
	"bufio"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"wanwatch/internal/testenv"
)

// TestTshark lets tshark say what was sent: ICMP echo requests with the DSCP,
// TTL and size that the inventory asks for and a right checksum, and SNMP
// requests that only read.
func TestTshark(t *testing.T) {
	testenv.NeedProgram(t, "tshark", "tshark")
	inNamespace(t, decode)
}

func decode(t *testing.T) {
	t.Helper()
	t.Setenv("WANWATCH_TEST_COMMUNITY", "public")
	packets := capture(t)
	start(t, Options{Inventory: write(t, `
sites: {here: {}}
credentials: {c: {snmp: {version: 2c, community: {env: WANWATCH_TEST_COMMUNITY}}}}
devices:
  router: {site: here, address: 127.3.0.1, credential: c, probes: {snmp: {interval: 1s, timeout: 500ms}}}
uplinks:
  plain: {site: here, ping: 127.1.0.1}
  marked: {site: here, ping: {address: 127.2.0.1, dscp: EF, ttl: 33, size: 200}}
`)})

	// Of each request, the fields that follow from the inventory; the fields
	// of capture, in its order.
	want := map[string]func(f []string) string{
		"plain ping": func(f []string) string {
			if f[0] != "127.1.0.1" || f[1] != "8" {
				return ""
			}
			return strings.Join(f[2:5], " ")
		},
		"marked ping": func(f []string) string {
			if f[0] != "127.2.0.1" || f[1] != "8" {
				return ""
			}
			return strings.Join(f[2:6], " ")
		},
		"snmp": func(f []string) string {
			if f[0] != "127.3.0.1" || f[6] == "" {
				return ""
			}
			return strings.Join(f[6:8], " ")
		},
	}
	expected := map[string]string{
		"plain ping":  "0 64 1",      // DSCP 0, TTL 64, checksum good
		"marked ping": "46 33 1 200", // EF, and the data of 200 bytes
		"snmp":        "1 public",    // v2c
	}
	deadline := time.After(patience)
	for len(expected) > 0 {
		select {
		case line, ok := <-packets:
			if !ok {
				t.Fatalf("tshark ended; not seen: %v", expected)
			}
			fields := strings.Split(line, "\t")
			for name, of := range want {
				if got := of(fields); got != "" && expected[name] != "" {
					if got != expected[name] {
						t.Errorf("%s: %q, want %q", name, got, expected[name])
					}
					delete(expected, name)
				}
			}
		case <-deadline:
			t.Fatalf("not seen: %v", expected)
		}
	}
}

// capture runs tshark on loopback and returns a line a packet.
func capture(t *testing.T) <-chan string {
	t.Helper()
	cmd := exec.Command("tshark", "-i", "lo", "-l", "-n", "-f", "icmp or udp port 161", "-o", "ip.check_checksum:TRUE", "-T", "fields",
		"-e", "ip.dst", "-e", "icmp.type", "-e", "ip.dsfield.dscp", "-e", "ip.ttl", "-e", "icmp.checksum.status", "-e", "data.len",
		"-e", "snmp.version", "-e", "snmp.community")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	notes, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := make(chan string, 1000)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer close(lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			select {
			case lines <- s.Text():
			default: // the test has seen enough
			}
		}
	}()
	ready := make(chan struct{})
	go func() {
		for s := bufio.NewScanner(notes); s.Scan(); {
			if strings.HasPrefix(s.Text(), "Capturing on") {
				close(ready)
			}
		}
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		<-done
		_ = cmd.Wait()
	})
	select {
	case <-ready:
	case <-time.After(patience):
		t.Fatal("tshark does not capture")
	}
	return lines
}
