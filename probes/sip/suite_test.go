package sip_test

import (
	"fmt"
	"net"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"wanwatch/internal/lab/inhabit/registrar"
	"wanwatch/probes"
	"wanwatch/probes/kinds"
	"wanwatch/probes/metric"
	"wanwatch/probes/probetest"
	"wanwatch/probes/sip"
)

// serve answers datagrams until the test ends.
func serve(t testing.TB, answer func(request string) []string) string {
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
			for _, text := range answer(string(buffer[:n])) {
				_, _ = c.WriteTo([]byte(text), from)
			}
		}
	})
	t.Cleanup(func() {
		_ = c.Close()
		group.Wait()
	})
	return c.LocalAddr().String()
}

var copied = regexp.MustCompile(`(?m)^(Via|From|To|Call-ID|CSeq): .*\r\n`)

// reply makes an answer to a request (RFC 3261, section 8.2.6).
func reply(request, status string, more ...string) string {
	lines := strings.Join(copied.FindAllString(request, -1), "")
	return "SIP/2.0 " + status + "\r\n" + lines + strings.Join(append(more, ""), "\r\n") + "Content-Length: 0\r\n\r\n"
}

func always(status string, more ...string) func(string) []string {
	return func(request string) []string { return []string{reply(request, status, more...)} }
}

// endpoint is an inventory with one sip probe.
func endpoint(address, settings string) string {
	return fmt.Sprintf("credentials: {c: {sip: {user: an, password: {env: SIP_TEST_PASSWORD}}}}\nsites: {a: {}}\nendpoints:\n  room:\n    site: a\n    address: 127.0.0.1\n    probes: {sip: {address: %q, timeout: 900ms%s}}\n", address, settings)
}

func TestSuite(t *testing.T) {
	const password = "mat-khau-rat-dai"
	t.Setenv("SIP_TEST_PASSWORD", password)
	bad := func(status, settings string, reason probes.Reason) func(testing.TB) probetest.Case {
		return func(t testing.TB) probetest.Case {
			t.Helper()
			return probetest.Case{Inventory: endpoint(serve(t, always(status, `WWW-Authenticate: Digest realm="hop", nonce="n", qop="auth", algorithm=MD5`)), settings), Reason: reason, Secrets: []string{password}}
		}
	}
	probetest.Run(t, probetest.Subject{
		Kind: sip.Kind(), Kinds: kinds.Inventory(),
		Good: func(t testing.TB) probetest.Case {
			t.Helper()
			return probetest.Case{Inventory: endpoint(serve(t, func(request string) []string {
				return []string{reply(request, "100 Trying"), reply(request, "200 OK", "Server: test")}
			}), "")}
		},
		Bad: map[string]func(testing.TB) probetest.Case{
			"silent": func(t testing.TB) probetest.Case {
				t.Helper()
				return probetest.Case{Inventory: endpoint(serve(t, func(string) []string { return nil }), ""), Reason: probes.ReasonTimeout}
			},
			"only provisional": bad("100 Trying", "", probes.ReasonTimeout),
			"overloaded":       bad("503 Service Unavailable", "", probes.ReasonUnavailable),
			"gone":             bad("480 Temporarily Unavailable", ", room: haichau", probes.ReasonNotRegistered),
			"closed":           bad("403 Forbidden", ", room: haichau", probes.ReasonUndisclosed),
			"cut off":          bad("408 Request Timeout", "", probes.ReasonStatus),
			"wrong password":   bad("401 Unauthorized", ", credential: c", probes.ReasonAuth),
			"replayed": func(t testing.TB) probetest.Case {
				t.Helper()
				return probetest.Case{Inventory: endpoint(serve(t, func(request string) []string {
					return []string{strings.Replace(reply(request, "200 OK"), "branch=z9hG4bK", "branch=z9hG4bKx", 1), "\x00\x01", "SIP/2.0 200 OK\r\n\r\n"}
				}), ""), Reason: probes.ReasonTimeout}
			},
			"nothing listens": func(t testing.TB) probetest.Case {
				t.Helper()
				c, err := net.ListenPacket("udp", "127.0.0.1:0")
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				return probetest.Case{Inventory: endpoint(c.LocalAddr().String(), ""), Reason: probes.ReasonRefused}
			},
			"another protocol": func(t testing.TB) probetest.Case {
				t.Helper()
				return probetest.Case{Inventory: endpoint(probetest.Raw(t, false, "HTTP/1.1 400 Bad Request\r\n\r\n"), ", transport: tcp"), Reason: probes.ReasonProtocol}
			},
			"no password": func(t testing.TB) probetest.Case {
				t.Helper()
				missing := filepath.Join(t.TempDir(), "none")
				text := strings.Replace(endpoint(serve(t, always("401 Unauthorized", `WWW-Authenticate: Digest realm="hop", nonce="n"`)), ", credential: c"), "env: SIP_TEST_PASSWORD", "file: "+missing, 1)
				return probetest.Case{Inventory: text, Reason: probes.ReasonCredential}
			},
		},
	})
}

// once runs the probe of an inventory.
func once(t testing.TB, text string) (probes.Result, map[string]float64, string) {
	t.Helper()
	o := probetest.Once(t, kinds.All(), kinds.Inventory(), text)
	return o.Result, o.Values, o.Said
}

// An answer that is lost is asked for again, and what is not one is counted.
func TestResent(t *testing.T) {
	asked := 0
	address := serve(t, func(request string) []string {
		if asked++; asked == 1 {
			return []string{"nonsense"}
		}
		return []string{reply(request, "200 OK")}
	})
	r, values, _ := once(t, endpoint(address, ""))
	if r.Outcome != probes.Success || values[metric.Resent.Name] != 1 || values[metric.Foreign.Name] != 1 {
		t.Errorf("got %s (%s), resent %g, foreign %g", r.Outcome, r.Detail, values[metric.Resent.Name], values[metric.Foreign.Name])
	}
	if r.Duration < 500*time.Millisecond {
		t.Errorf("took %s; the request is sent again after 0.5 s", r.Duration)
	}
}

// Digest authentication, with the answer that RFC 7616 gives for these values; the
// server of the test cannot know the password otherwise.
func TestDigest(t *testing.T) {
	t.Setenv("SIP_TEST_PASSWORD", "bi-mat")
	address := serve(t, func(request string) []string {
		if !strings.Contains(request, "Proxy-Authorization: Digest") {
			return []string{reply(request, "407 Proxy Authentication Required", `Proxy-Authenticate: Digest realm="hop", nonce="abc", algorithm=SHA-256, qop="auth"`)}
		}
		if !strings.Contains(request, "CSeq: 2 OPTIONS") || strings.Contains(request, "bi-mat") {
			return nil
		}
		return []string{reply(request, "200 OK")}
	})
	r, values, said := once(t, endpoint(address, ", room: haichau, credential: c"))
	if r.Outcome != probes.Success || values[metric.Registered.Name] != 1 {
		t.Errorf("got %s: %s", r.Outcome, said)
	}
	if strings.Contains(said, "bi-mat") {
		t.Error("the password was told")
	}
}

// here is this host as the lab's inhabitants see it.
type here struct{ net.ListenConfig }

// The lab's registrar, which is written apart from the probe: a room that comes, is
// called, and goes.
func TestRegistrar(t *testing.T) {
	s := &registrar.Registrar{Address: "127.0.0.1:0", Rooms: map[string]string{}}
	if err := s.Start(t.Context(), &here{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, c := range []struct {
		status, room string
		reason       probes.Reason
		registered   float64
	}{
		{"", "haichau", probes.ReasonNotRegistered, 0},
		{"200 OK", "haichau", "", 1},
		{"486 Busy Here", "haichau", "", 1},
		{"", "haichau", probes.ReasonNotRegistered, 0},
		{"", "", "", 0}, // the server itself
	} {
		s.Register("haichau", c.status)
		settings := ""
		if c.room != "" {
			settings = ", room: " + c.room
		}
		r, values, said := once(t, endpoint(s.Local().String(), settings))
		registered, told := values[metric.Registered.Name]
		if r.Reason != c.reason || told != (c.room != "") || registered != c.registered {
			t.Errorf("%+v: %s %s, registered %g\n%s", c, r.Outcome, r.Reason, registered, said)
		}
	}
}
