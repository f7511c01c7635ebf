package peertest

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"wanwatch/internal/testenv"
)

// Packet is a payload and how it travels.
type Packet struct {
	Transport string // udp or tcp
	From, To  int    // ports
	Payload   []byte
}

// Dissect lets Wireshark decode packets, and returns the fields of each by name. It
// fails the test if anything in them is malformed. As is a rule of tshark's -d, such
// as "udp.port==40000,ras"; empty: by the ports alone.
func Dissect(t testing.TB, as string, packets ...Packet) []map[string]string {
	t.Helper()
	capture := filepath.Join(t.TempDir(), "all.pcap")
	parts := []string{"-w", capture} // each of a connection of its own: all begin at the same sequence number
	for i, p := range packets {
		part := filepath.Join(t.TempDir(), fmt.Sprintf("%d.pcap", i))
		flag := "-u"
		if p.Transport == "tcp" {
			flag = "-T"
		}
		text := filepath.Join(t.TempDir(), fmt.Sprintf("%d.hex", i))
		if err := os.WriteFile(text, []byte(dump(p.Payload)), 0o600); err != nil {
			t.Fatal(err)
		}
		program(t, "text2pcap", "-q", "-F", "pcap", flag, fmt.Sprintf("%d,%d", p.From, p.To), text, part)
		parts = append(parts, part)
	}
	program(t, "mergecap", append([]string{"-a", "-F", "pcap"}, parts...)...)
	args := []string{"-r", capture, "-T", "json", "--no-duplicate-keys", "-o", "tcp.desegment_tcp_streams:TRUE"}
	if as != "" {
		args = append(args, "-d", as)
	}
	var frames []struct {
		Source struct {
			Layers map[string]any `json:"layers"`
		} `json:"_source"`
	}
	if err := json.Unmarshal(program(t, "tshark", args...), &frames); err != nil {
		t.Fatal(err)
	}
	if len(frames) != len(packets) {
		t.Fatalf("tshark saw %d packets, want %d", len(frames), len(packets))
	}
	var all []map[string]string
	for i, f := range frames {
		fields := map[string]string{}
		flatten(fields, f.Source.Layers)
		for name, value := range fields {
			if strings.Contains(name, "malformed") || strings.HasPrefix(name, "_ws.expert.message") {
				t.Errorf("packet %d: %s: %s", i, name, value)
			}
		}
		all = append(all, fields)
	}
	return all
}

// flatten gathers the fields of all layers; of one that comes twice, the first.
func flatten(into map[string]string, from any) {
	switch x := from.(type) {
	case map[string]any:
		for name, value := range x {
			if text, ok := value.(string); ok {
				if _, there := into[name]; !there {
					into[name] = text
				}
				continue
			}
			if _, there := into[name]; !there {
				into[name] = ""
			}
			flatten(into, value)
		}
	case []any:
		for _, value := range x {
			flatten(into, value)
		}
	}
}

// dump writes bytes as text2pcap reads them.
func dump(payload []byte) string {
	var b strings.Builder
	for i := 0; i < len(payload); i += 16 {
		part := payload[i:min(i+16, len(payload))]
		fmt.Fprintf(&b, "%06x", i)
		for _, x := range part {
			b.WriteString(" " + hex.EncodeToString([]byte{x}))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func program(t testing.TB, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), testenv.NeedProgram(t, name, "tshark"), args...)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, said.String())
	}
	return out
}
