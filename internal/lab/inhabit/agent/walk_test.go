package agent

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"

	"wanwatch/internal/testenv"
)

// everything returns all identifiers in the order of a walk.
func everything(t testing.TB, g *gosnmp.GoSNMP, walk func(string, gosnmp.WalkFunc) error) []string {
	t.Helper()
	var oids []string
	if err := walk(".1.3", func(v gosnmp.SnmpPDU) error {
		oids = append(oids, v.Name)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return oids
}

func TestWalksAreCompleteAndInOrder(t *testing.T) {
	c := newClock()
	d := router(t, c, "rt")
	g := client(t, "127.0.0.1", start(t, "127.0.0.1:0", d), nil)
	next, bulk := everything(t, g, g.Walk), everything(t, g, g.BulkWalk)
	if !slices.Equal(next, bulk) {
		t.Errorf("GETNEXT finds %d objects, GETBULK %d", len(next), len(bulk))
	}
	if !slices.IsSortedFunc(next, Compare) {
		t.Error("they are not in order")
	}
	// 8 of the system, 18 columns of two interfaces, 8 of which 6 only one has,
	// 6 of the chassis, 4 of the engine.
	if want := 8 + 18*2 + 2*2 + 6 + 6 + 4; len(next) != want {
		t.Errorf("%d objects, want %d: %q", len(next), want, next)
	}
	for _, oid := range next {
		if got := ask(t, g, oid); got[0] == "<nil>" {
			t.Errorf("%s is found by walking only", oid)
		}
	}
	if err := d.Renumber(map[string]uint32{"ge0": 2}); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, g, names+"2", names+"3", names+"7"); got[0] != "ge0" || got[1] != "ge1" || got[2] != "<nil>" {
		t.Errorf("renumbered: %q", got)
	}
	if again := everything(t, g, g.BulkWalk); !slices.IsSortedFunc(again, Compare) || len(again) != len(next) {
		t.Errorf("%d objects after the renumbering", len(again))
	}
	if err := d.Renumber(map[string]uint32{"ge0": 3}); err == nil {
		t.Error("two interfaces have one index")
	}
	if got := ask(t, g, names+"2"); got[0] != "ge0" {
		t.Errorf("a renumbering that failed changed something: %q", got)
	}
}

// TestNonRepeaters asks as RFC 3416, section 4.2.3 has it.
func TestNonRepeaters(t *testing.T) {
	g := client(t, "127.0.0.1", start(t, "127.0.0.1:0", router(t, newClock(), "rt")), nil)
	p, err := g.GetBulk([]string{sysUpTime[:len(sysUpTime)-2], names[:len(names)-1], inHC[:len(inHC)-1]}, 1, 2)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range p.Variables {
		got = append(got, v.Name)
	}
	if want := []string{sysUpTime, names + "3", inHC + "7", names + "7", ".1.3.6.1.2.1.31.1.1.1.7.7"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestNothingIsWritten(t *testing.T) {
	g := client(t, "127.0.0.1", start(t, "127.0.0.1:0", router(t, newClock(), "rt")), nil)
	p, err := g.Set([]gosnmp.SnmpPDU{{Name: sysName, Type: gosnmp.OctetString, Value: "mine"}})
	if err != nil || p.Error != gosnmp.NotWritable {
		t.Errorf("%v, %v", p, err)
	}
	if got := ask(t, g, sysName); got[0] != "rt" {
		t.Errorf("%q", got)
	}
}

// TestNetSNMP lets the programs of net-snmp ask, with every pair of protocols
// that they know.
func TestNetSNMP(t *testing.T) {
	path := testenv.NeedProgram(t, "snmpbulkwalk", "snmp")
	port := start(t, "127.0.0.1:0", router(t, newClock(), "rt"))
	words := map[string]string{"md5": "MD5", "sha": "SHA", "sha224": "SHA-224", "sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512",
		"des": "DES", "aes": "AES", "aes192": "AES-192", "aes256": "AES-256", "aes192c": "AES-192-C", "aes256c": "AES-256-C"}
	ways := map[string][]string{"v2c": {"-v2c", "-c", community}}
	for _, u := range users() {
		args := []string{"-v3", "-u", u.Name, "-l", "noAuthNoPriv"}
		if u.Auth != "" {
			args = []string{"-v3", "-u", u.Name, "-l", "authNoPriv", "-a", words[u.Auth], "-A", u.AuthPassword}
		}
		if u.Priv != "" {
			args[4] = "authPriv"
			args = append(args, "-x", words[u.Priv], "-X", u.PrivPassword)
		}
		ways[u.Name] = args
	}
	for name, args := range ways {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			command := exec.CommandContext(ctx, path, append(args, "-On", "-m", "", "-t", "5", fmt.Sprintf("127.0.0.1:%d", port), ".1.3.6.1.2.1.31")...)
			out, err := command.CombinedOutput()
			if err != nil || !strings.Contains(string(out), `.1.3.6.1.2.1.31.1.1.1.18.7 = STRING: "to the hub"`) {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}
