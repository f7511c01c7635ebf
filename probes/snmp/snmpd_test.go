package snmp

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wanwatch/internal/testenv"
	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/metric"
)

// The passwords of the users below. RFC 3414, section 11.2 wants 8 characters.
const (
	authPassword = "authpassword"
	privPassword = "privpassword"
)

// snmpd is Debian's snmpd with a user for each pair of protocols that it knows.
type snmpd struct {
	path, config, address string
	state                 string // where it keeps its engine id and boots
	stop                  func()
}

// usmUsers are the users of the test's snmpd: name, auth, priv.
var usmUsers = [][3]string{
	{"md5des", "md5", "des"}, {"shaaes", "sha", "aes"}, {"sha224aes", "sha224", "aes"},
	{"sha256aes", "sha256", "aes"}, {"sha384aes", "sha384", "aes"}, {"sha512aes", "sha512", "aes"},
	{"sha256only", "sha256", ""}, {"shaaes192", "sha", "aes192"}, {"shaaes256", "sha", "aes256"},
	{"sha512aes256", "sha512", "aes256"}, {"md5aes256c", "md5", "aes256c"}, {"shaaes192c", "sha", "aes192c"},
}

func startSNMPD(t testing.TB) *snmpd {
	t.Helper()
	d := &snmpd{path: testenv.NeedProgram(t, "snmpd", "snmpd"), config: filepath.Join(t.TempDir(), "snmpd.conf"), state: t.TempDir()}
	d.address = fmt.Sprintf("127.0.0.1:%d", freePort(t))
	words := map[string]string{"md5": "MD5", "sha": "SHA", "sha224": "SHA-224", "sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512",
		"des": "DES", "aes": "AES", "aes192": "AES-192", "aes256": "AES-256", "aes192c": "AES-192-C", "aes256c": "AES-256-C"}
	var config strings.Builder
	config.WriteString("rocommunity public 127.0.0.1\nsysName snmpd-under-test\nmaster no\n")
	for _, u := range usmUsers {
		level := "authpriv"
		fmt.Fprintf(&config, "createUser %s %s %s", u[0], words[u[1]], authPassword)
		if u[2] == "" {
			level = "auth"
		} else {
			fmt.Fprintf(&config, " %s %s", words[u[2]], privPassword)
		}
		fmt.Fprintf(&config, "\nrouser %s %s\n", u[0], level)
	}
	if err := os.WriteFile(d.config, []byte(config.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	d.start(t)
	t.Cleanup(func() { d.stop() })
	return d
}

func (d *snmpd) start(t testing.TB, more ...string) {
	t.Helper()
	args := append([]string{"-f", "-Lo", "-p", filepath.Join(d.state, "pid")}, more...)
	env := []string{"SNMP_PERSISTENT_DIR=" + d.state, "SNMPCONFPATH=" + filepath.Dir(d.config) + ":" + d.state, "MIBS="}
	stop, err := program(d.path, append(args, "udp:"+d.address, "tcp:"+d.address), env, "NET-SNMP version")
	if err != nil {
		t.Fatal(err)
	}
	d.stop = stop
}

// secretFile writes a secret to a file of the test's.
func secretFile(t testing.TB, text string) inventory.Secret {
	t.Helper()
	f, err := os.CreateTemp(t.TempDir(), "secret")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text + "\n"); err != nil {
		t.Fatal(err)
	}
	return inventory.Secret{File: f.Name()}
}

func usm(t testing.TB, user, auth, authPass, priv, privPass string) *inventory.SNMPCredential {
	t.Helper()
	c := &inventory.SNMPCredential{Version: "3", User: user, Auth: auth, Priv: priv}
	if auth != "" {
		c.AuthPassword = secretFile(t, authPass)
	}
	if priv != "" {
		c.PrivPassword = secretFile(t, privPass)
	}
	return c
}

// liveRig polls a real device with the real clock.
func liveRig(t testing.TB, address string, c *inventory.SNMPCredential, selectors ...string) *rig {
	t.Helper()
	return liveRigConfig(t, address, c, Config{}, selectors...)
}

func liveRigConfig(t testing.TB, address string, c *inventory.SNMPCredential, config Config, selectors ...string) *rig {
	t.Helper()
	r := &rig{t: t, totals: map[string]float64{}}
	r.job = deviceJob(address, c, &config, selectors...)
	r.job.Probe.Timeout = 8 * time.Second
	p, err := newProber(probes.Env{}, r.job, new(engines))
	if err != nil {
		t.Fatal(err)
	}
	r.prober = p
	t.Cleanup(func() { p.Close() })
	return r
}

func TestSNMPD(t *testing.T) {
	d := startSNMPD(t)
	credentials := map[string]*inventory.SNMPCredential{"v2c": community(t, "public")}
	for _, u := range usmUsers {
		credentials[u[0]] = usm(t, u[0], u[1], authPassword, u[2], privPassword)
	}
	for name, credential := range credentials {
		t.Run(name, func(t *testing.T) {
			r := liveRig(t, d.address, credential, "lo")
			r.poll()
			r.poll()
			r.wantOutcome("rt", "success", "snmpd-under-test answered")
			r.wantOutcome("link-lo", "success")
			r.want("rt", metric.DeviceReboots, 0)
			r.want("link-lo", metric.InterfaceUp, 1)
			sent := r.total("rt", metric.SNMPRequests)
			r.poll()
			r.want("rt", metric.SNMPRequests, sent+1)
		})
	}
}

func TestSNMPDOverTCP(t *testing.T) {
	d := startSNMPD(t)
	for _, credential := range []*inventory.SNMPCredential{
		community(t, "public"), usm(t, "sha256aes", "sha256", authPassword, "aes", privPassword),
	} {
		r := liveRigConfig(t, d.address, credential, Config{Transport: "tcp"}, "lo")
		r.poll()
		r.wantOutcome("rt", "success")
		d.stop()
		d.start(t)
		r.poll() // the connection is gone
		r.poll()
		r.wantOutcome("rt", "success")
		r.wantOutcome("link-lo", "success")
	}
}

func TestSNMPDRefusals(t *testing.T) {
	d := startSNMPD(t)
	for name, test := range map[string]struct {
		credential    *inventory.SNMPCredential
		want, details string
	}{
		"unknown user":        {usm(t, "nobody", "sha256", authPassword, "aes", privPassword), "failure auth", "usmStatsUnknownUserNames"},
		"wrong auth password": {usm(t, "sha256aes", "sha256", "not the password", "aes", privPassword), "failure auth", "usmStatsWrongDigests"},
		"wrong auth protocol": {usm(t, "sha256aes", "sha512", authPassword, "aes", privPassword), "failure auth", "usmStatsWrongDigests"},
		"level not allowed":   {usm(t, "sha256only", "sha256", authPassword, "aes", privPassword), "failure auth", "usmStats"},
		"level too low":       {usm(t, "sha256aes", "sha256", authPassword, "", ""), "failure partial", "authorizationError"},
	} {
		t.Run(name, func(t *testing.T) {
			r := liveRig(t, d.address, test.credential, "lo")
			r.poll()
			r.wantOutcome("rt", test.want, test.details)
			r.wantOutcome("link-lo", "unknown device_unknown")
			if _, detail := r.outcome("rt"); strings.Contains(detail, authPassword) || strings.Contains(detail, "not the password") {
				t.Errorf("a secret stands in %q", detail)
			}
		})
	}
	t.Run("wrong priv password", func(t *testing.T) {
		r := liveRig(t, d.address, usm(t, "sha256aes", "sha256", authPassword, "aes", "not the password"), "lo")
		r.prober.client.timeout = 100 * time.Millisecond
		r.poll()
		// snmpd sends no report: it takes the message for a broken one.
		if got, detail := r.outcome("rt"); got != "failure auth" && got != "failure timeout" {
			t.Errorf("%s: %s", got, detail)
		}
	})
}

// TestSNMPDRestarts restarts the device under an open session: its engine has
// other boots and another time then.
func TestSNMPDRestarts(t *testing.T) {
	d := startSNMPD(t)
	r := liveRig(t, d.address, usm(t, "sha512aes", "sha512", authPassword, "aes", privPassword), "lo")
	r.poll()
	r.poll()
	r.wantOutcome("link-lo", "success")
	sent := r.total("rt", metric.SNMPRequests)
	d.stop()
	d.start(t)
	r.poll()
	r.wantOutcome("rt", "success")
	r.wantOutcome("link-lo", "success")
	r.want("rt", metric.DeviceReboots, 1)
	r.want("link-lo", metric.InterfaceResets, 1)
	if got := r.total("rt", metric.SNMPRequests) - sent; got > 20 {
		t.Errorf("%v packets to get back in step", got)
	}
	sent = r.total("rt", metric.SNMPRequests)
	r.poll()
	r.want("rt", metric.SNMPRequests, sent+1)
	r.want("rt", metric.DeviceReboots, 1)
}

// TestSNMPDGetsAnotherEngine gives the device another engine id, as a new
// device at the same address has.
func TestSNMPDGetsAnotherEngine(t *testing.T) {
	d := startSNMPD(t)
	r := liveRig(t, d.address, usm(t, "sha256aes", "sha256", authPassword, "aes", privPassword), "lo")
	r.poll()
	d.stop()
	d.state = t.TempDir()
	d.start(t, "--engineID=another-engine")
	r.poll()
	r.wantOutcome("rt", "success")
	r.wantOutcome("link-lo", "success")
}

func TestDiscoverSNMPD(t *testing.T) {
	d := startSNMPD(t)
	var steps []string
	found, err := Discover(t.Context(), DiscoverOptions{
		Address: d.address, Credential: usm(t, "sha512aes", "sha512", authPassword, "aes", privPassword),
		Progress: func(what string, _, _, _ int) { steps = append(steps, what) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if found.SysName != "snmpd-under-test" || len(found.Interfaces) == 0 || found.Requests == 0 {
		t.Fatalf("found %+v", found)
	}
	if lo := found.Interfaces[0]; lo.Name == nil || *lo.Name != "lo" || *lo.Type != 24 || *lo.Oper != 1 || *lo.InOctets == 0 {
		t.Errorf("the first interface is %+v", lo)
	}
	if steps[0] != "system" || steps[len(steps)-1] != "done" {
		t.Errorf("progress: %v", steps)
	}
}

func TestDiscoverFailures(t *testing.T) {
	for name, test := range map[string]struct {
		address string
		want    string
	}{
		"no port":   {"127.0.0.1:x", "is no number"},
		"empty":     {"", "empty"},
		"no device": {fmt.Sprintf("127.0.0.1:%d", freePort(t)), "nothing listens"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			_, err := Discover(ctx, DiscoverOptions{Address: test.address, Credential: community(t, "public"), Timeout: 50 * time.Millisecond})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}
