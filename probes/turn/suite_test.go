package turn_test

import (
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/stun/v3"

	"wanwatch/internal/peertest"
	"wanwatch/internal/testenv"
	"wanwatch/probes"
	"wanwatch/probes/kinds"
	"wanwatch/probes/metric"
	"wanwatch/probes/probetest"
	"wanwatch/probes/turn"
)

// serve answers STUN messages over UDP until the test ends.
func serve(t testing.TB, answer func(*stun.Message) [][]byte) string {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	group.Go(func() {
		buffer := make([]byte, 65536)
		for {
			n, from, err := c.ReadFrom(buffer)
			if err != nil {
				return
			}
			m := new(stun.Message)
			if stun.Decode(buffer[:n], m) != nil {
				t.Errorf("% x is no STUN message", buffer[:n])
				continue
			}
			for _, data := range answer(m) {
				_, _ = c.WriteTo(data, from)
			}
		}
	})
	t.Cleanup(func() {
		_ = c.Close()
		group.Wait()
	})
	return c.LocalAddr().String()
}

// refuse makes an error response.
func refuse(m *stun.Message, code stun.ErrorCode, more ...stun.Setter) [][]byte {
	setters := append([]stun.Setter{m, stun.NewType(m.Type.Method, stun.ClassErrorResponse), stun.ErrorCodeAttribute{Code: code, Reason: []byte("why")}}, more...)
	return [][]byte{stun.MustBuild(setters...).Raw}
}

func challenge(m *stun.Message) [][]byte {
	return refuse(m, stun.CodeUnauthorized, stun.NewRealm("hop.example"), stun.NewNonce("abc"))
}

func endpoint(address, settings string) string {
	return fmt.Sprintf("credentials: {c: {turn: {user: an, password: {env: TURN_TEST_PASSWORD}}}}\nsites: {a: {}}\nendpoints:\n  server:\n    site: a\n    address: 127.0.0.1\n    probes: {turn: {address: %q, timeout: 900ms%s}}\n", address, settings)
}

func TestSuite(t *testing.T) {
	const password = "mat-khau-rat-dai"
	t.Setenv("TURN_TEST_PASSWORD", password)
	bad := func(reason probes.Reason, settings string, answer func(*stun.Message) [][]byte) func(testing.TB) probetest.Case {
		return func(t testing.TB) probetest.Case {
			t.Helper()
			return probetest.Case{Inventory: endpoint(serve(t, answer), settings), Reason: reason, Secrets: []string{password}}
		}
	}
	code := func(c stun.ErrorCode) func(*stun.Message) [][]byte {
		return func(m *stun.Message) [][]byte {
			if m.Contains(stun.AttrUsername) {
				return refuse(m, c, stun.NewRealm("hop.example"), stun.NewNonce("def"))
			}
			return challenge(m)
		}
	}
	probetest.Run(t, probetest.Subject{
		Kind: turn.Kind(), Kinds: kinds.Inventory(),
		Good: func(t testing.TB) probetest.Case {
			t.Helper()
			return probetest.Case{Inventory: endpoint(serve(t, challenge), "")}
		},
		Bad: map[string]func(testing.TB) probetest.Case{
			"silent":           bad(probes.ReasonTimeout, "", func(*stun.Message) [][]byte { return nil }),
			"full":             bad(probes.ReasonUnavailable, ", credential: c", code(stun.CodeAllocQuotaReached)),
			"no capacity":      bad(probes.ReasonUnavailable, "", func(m *stun.Message) [][]byte { return refuse(m, stun.CodeInsufficientCapacity) }),
			"wrong credential": bad(probes.ReasonAuth, ", credential: c", code(stun.CodeUnauthorized)),
			"forbidden":        bad(probes.ReasonStatus, ", credential: c", code(stun.CodeForbidden)),
			"always stale":     bad(probes.ReasonStatus, ", credential: c", code(stun.CodeStaleNonce)),
			"no realm":         bad(probes.ReasonProtocol, "", func(m *stun.Message) [][]byte { return refuse(m, stun.CodeUnauthorized) }),
			"impostor": bad(probes.ReasonAuth, ", credential: c", func(m *stun.Message) [][]byte {
				if m.Type.Method == stun.MethodRefresh || !m.Contains(stun.AttrUsername) {
					return challenge(m)
				}
				return [][]byte{stun.MustBuild(m, stun.NewType(stun.MethodAllocate, stun.ClassSuccessResponse), stun.NewShortTermIntegrity("x")).Raw}
			}),
			"no relay": bad(probes.ReasonProtocol, "", func(m *stun.Message) [][]byte {
				return [][]byte{stun.MustBuild(m, stun.NewType(m.Type.Method, stun.ClassSuccessResponse)).Raw}
			}),
			"forged": bad(probes.ReasonTimeout, "", func(m *stun.Message) [][]byte {
				other := stun.MustBuild(stun.TransactionID, stun.NewType(stun.MethodAllocate, stun.ClassErrorResponse), stun.CodeUnauthorized).Raw
				method := stun.MustBuild(m, stun.NewType(stun.MethodBinding, stun.ClassSuccessResponse)).Raw
				spoilt := stun.MustBuild(m, stun.NewType(stun.MethodAllocate, stun.ClassErrorResponse), stun.CodeUnauthorized, stun.Fingerprint).Raw
				spoilt[len(spoilt)-1] ^= 1
				return [][]byte{other, method, spoilt, spoilt[:10], []byte("hello"), m.Raw}
			}),
		},
	})
}

// once runs the probe of an inventory.
func once(t testing.TB, text string) (probes.Result, map[string]float64, string) {
	t.Helper()
	o := probetest.Once(t, kinds.All(), kinds.Inventory(), text)
	return o.Result, o.Values, o.Said
}

// coturn, with long-term credentials: STUN and TURN over UDP, TCP and TLS; each relay
// is given back, by its word.
func TestCoturn(t *testing.T) {
	program := testenv.NeedProgram(t, "turnserver", "coturn")
	t.Setenv("TURN_TEST_PASSWORD", "dung")
	cert, key := peertest.Certificate(t, time.Now().AddDate(1, 0, 0), "hop.example")
	plain, secure := peertest.FreeTCP(t), peertest.FreeTCP(t)
	_, port, _ := net.SplitHostPort(plain)
	_, securePort, _ := net.SplitHostPort(secure)
	dir := t.TempDir()
	peertest.Daemon(t, peertest.Place{}, func() error {
		c, err := net.Dial("tcp", secure)
		if err == nil {
			_ = c.Close()
		}
		return err
	}, program, "-n", "--no-cli", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", "--listening-port="+port, "--tls-listening-port="+securePort,
		"--no-dtls", "--lt-cred-mech", "--user=an:dung", "--realm=hop.example", "--cert="+cert, "--pkey="+key,
		"--log-file=stdout", "--simple-log", "--pidfile="+filepath.Join(dir, "pid"), "--userdb="+filepath.Join(dir, "db"), "--min-port=49152", "--max-port=65535")
	for name, c := range map[string]struct {
		kind, address, settings string
		reason                  probes.Reason
		says                    string
	}{
		"stun over UDP":        {"stun", plain, "", "", "sees this host as 127.0.0.1:"},
		"stun over TCP":        {"stun", plain, ", transport: tcp", "", "sees this host as 127.0.0.1:"},
		"stun over TLS":        {"stun", secure, ", transport: tls, tls_config: {ca_file: " + cert + "}", "", "sees this host as 127.0.0.1:"},
		"turn, challenged":     {"turn", plain, "", "", "asks for a credential"},
		"turn over TLS":        {"turn", secure, ", transport: tls, tls_config: {ca_file: " + cert + "}", "", "asks for a credential"},
		"turn, self-signed":    {"turn", secure, ", transport: tls", probes.ReasonTLS, "self-signed"},
		"turn, a relay":        {"turn", plain, ", credential: c", "", "the relay is released"},
		"turn, another relay":  {"turn", plain, ", credential: c", "", "the relay is released"},
		"turn, relay over TCP": {"turn", plain, ", transport: tcp, credential: c", "", "the relay is released"},
	} {
		t.Run(name, func(t *testing.T) {
			r, values, said := once(t, strings.ReplaceAll(endpoint(c.address, c.settings), "probes: {turn:", "probes: {"+c.kind+":"))
			if r.Reason != c.reason || !strings.Contains(said, c.says) {
				t.Errorf("got %s %s: %s\n%s", r.Outcome, r.Reason, r.Detail, said)
			}
			if _, ok := values[metric.CertificateExpiry.Name]; ok != (c.address == secure) {
				t.Errorf("the certificate's expiry is told: %v", ok)
			}
		})
	}
	t.Run("wrong password", func(t *testing.T) {
		t.Setenv("TURN_TEST_PASSWORD", "sai")
		if r, _, said := once(t, endpoint(plain, ", credential: c")); r.Reason != probes.ReasonAuth || strings.Contains(said, "sai") {
			t.Errorf("got %s %s:\n%s", r.Outcome, r.Reason, said)
		}
	})
}
