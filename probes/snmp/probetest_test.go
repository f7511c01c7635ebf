package snmp_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"wanwatch/internal/lab/snmptest"
	"wanwatch/probes"
	"wanwatch/probes/kinds"
	"wanwatch/probes/probetest"
	"wanwatch/probes/snmp"
)

// secretCommunity is a community that must appear nowhere.
const secretCommunity = "c0mmun1ty-of-the-suite"

// device is a case with an agent that has the faults.
func device(t testing.TB, reason probes.Reason, faults snmptest.Faults, community, selector string) probetest.Case {
	t.Helper()
	agent, err := snmptest.Start("127.0.0.1:0", secretCommunity, snmptest.Device("rt", 3))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = agent.Close() })
	agent.Misbehave(faults)
	file := filepath.Join(t.TempDir(), "community")
	if err := os.WriteFile(file, []byte(community+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf(`
credentials: {core: {snmp: {version: 2c, community: {file: %q}}}}
sites: {a: {}, b: {}}
devices:
  rt:
    site: a
    address: 127.0.0.1
    credential: core
    interfaces: [Gi0/2]
    probes: {snmp: {address: %q, timeout: 500ms}}
links:
  a-b: {from: a, to: b, interface: %q}
`, file, agent.Addr(), "rt/"+selector)
	return probetest.Case{Inventory: text, Reason: reason, Secrets: []string{secretCommunity}}
}

func TestSuite(t *testing.T) {
	probetest.Run(t, probetest.Subject{
		Kind:  snmp.Kind(),
		Kinds: kinds.Inventory(),
		Good: func(t testing.TB) probetest.Case {
			t.Helper()
			return device(t, "", snmptest.Faults{}, secretCommunity, "Gi0/1")
		},
		Bad: map[string]func(testing.TB) probetest.Case{
			"silent": func(t testing.TB) probetest.Case {
				t.Helper()
				return device(t, probes.ReasonTimeout, snmptest.Faults{Drop: -1}, secretCommunity, "Gi0/1")
			},
			"other community": func(t testing.TB) probetest.Case {
				t.Helper()
				return device(t, probes.ReasonTimeout, snmptest.Faults{}, secretCommunity+"-old", "Gi0/1")
			},
			"cut short": func(t testing.TB) probetest.Case {
				t.Helper()
				return device(t, probes.ReasonPartial, snmptest.Faults{Truncate: 1}, secretCommunity, "Gi0/1")
			},
			"garbage": func(t testing.TB) probetest.Case {
				t.Helper()
				raw := func([]byte) []byte { return []byte("no SNMP") }
				return device(t, probes.ReasonProtocol, snmptest.Faults{Raw: raw}, secretCommunity, "Gi0/1")
			},
			"no credential": func(t testing.TB) probetest.Case {
				t.Helper()
				c := device(t, probes.ReasonCredential, snmptest.Faults{}, secretCommunity, "Gi0/1")
				c.Inventory = regexp.MustCompile(`file: "[^"]*"`).ReplaceAllString(c.Inventory, "env: WANWATCH_NO_SUCH_VARIABLE")
				return c
			},
		},
	})
}
