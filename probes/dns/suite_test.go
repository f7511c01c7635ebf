package dns_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	wire "github.com/miekg/dns"

	"wanwatch/internal/peertest"
	"wanwatch/internal/testenv"
	"wanwatch/probes"
	"wanwatch/probes/dns"
	"wanwatch/probes/kinds"
	"wanwatch/probes/metric"
	"wanwatch/probes/probetest"
)

// serve answers questions over UDP and TCP at one address until the test ends.
func serve(t testing.TB, answer func(w wire.ResponseWriter, q *wire.Msg)) string {
	t.Helper()
	udp, tcp := bothAtOnePort(t)
	for _, s := range []*wire.Server{{PacketConn: udp}, {Listener: tcp}} {
		s.Handler = wire.HandlerFunc(answer)
		ready, done := make(chan struct{}), make(chan struct{})
		s.NotifyStartedFunc = func() { close(ready) }
		go func() {
			defer close(done)
			_ = s.ActivateAndServe()
		}()
		<-ready
		t.Cleanup(func() {
			_ = s.Shutdown()
			<-done
		})
	}
	return udp.LocalAddr().String()
}

// bothAtOnePort opens one port for both transports; that of one may be taken in the
// other.
func bothAtOnePort(t testing.TB) (net.PacketConn, net.Listener) {
	t.Helper()
	var last error
	for range 20 {
		udp, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		tcp, err := net.Listen("tcp", udp.LocalAddr().String())
		if err == nil {
			return udp, tcp
		}
		last = err
		_ = udp.Close()
	}
	t.Fatal(last)
	return nil, nil
}

// give answers with one address.
func give(w wire.ResponseWriter, q *wire.Msg) {
	m := new(wire.Msg).SetReply(q)
	m.Answer = []wire.RR{&wire.A{Hdr: wire.RR_Header{Name: q.Question[0].Name, Rrtype: wire.TypeA, Class: wire.ClassINET, Ttl: 60}, A: net.IPv4(192, 0, 2, 20)}}
	_ = w.WriteMsg(m)
}

func endpoint(address, settings string) string {
	return fmt.Sprintf("sites: {a: {}}\nendpoints:\n  server:\n    site: a\n    address: 127.0.0.1\n    probes: {dns: {address: %q, timeout: 900ms, name: hop.example%s}}\n", address, settings)
}

func TestSuite(t *testing.T) {
	bad := func(reason probes.Reason, settings string, answer func(wire.ResponseWriter, *wire.Msg)) func(testing.TB) probetest.Case {
		return func(t testing.TB) probetest.Case {
			t.Helper()
			return probetest.Case{Inventory: endpoint(serve(t, answer), settings), Reason: reason}
		}
	}
	code := func(code int) func(wire.ResponseWriter, *wire.Msg) {
		return func(w wire.ResponseWriter, q *wire.Msg) { _ = w.WriteMsg(new(wire.Msg).SetRcode(q, code)) }
	}
	probetest.Run(t, probetest.Subject{
		Kind: dns.Kind(), Kinds: kinds.Inventory(),
		Good: func(t testing.TB) probetest.Case {
			t.Helper()
			return probetest.Case{Inventory: endpoint(serve(t, give), ", transport: both, expect: [192.0.2.20]")}
		},
		Bad: map[string]func(testing.TB) probetest.Case{
			"silent":        bad(probes.ReasonTimeout, "", func(wire.ResponseWriter, *wire.Msg) {}),
			"failing":       bad(probes.ReasonUnavailable, "", code(wire.RcodeServerFailure)),
			"refused":       bad(probes.ReasonStatus, ", transport: tcp", code(wire.RcodeRefused)),
			"no such name":  bad(probes.ReasonContent, "", code(wire.RcodeNameError)),
			"other address": bad(probes.ReasonContent, ", expect: [192.0.2.21]", give),
			"unsigned":      bad(probes.ReasonContent, ", dnssec: true", give),
			"right over UDP": bad(probes.ReasonUnavailable, ", transport: both", func(w wire.ResponseWriter, q *wire.Msg) {
				if w.RemoteAddr().Network() == "udp" {
					give(w, q)
				} else {
					code(wire.RcodeServerFailure)(w, q)
				}
			}),
			"forged": bad(probes.ReasonTimeout, "", func(w wire.ResponseWriter, q *wire.Msg) {
				id := q.Copy()
				id.Id++
				give(w, id)
				name := q.Copy()
				name.Question[0].Name = "evil.example."
				give(w, name)
				_, _ = w.Write([]byte{1, 2, 3})
				_ = w.WriteMsg(q)
			}),
			"another protocol": func(t testing.TB) probetest.Case {
				t.Helper()
				return probetest.Case{Inventory: endpoint(probetest.Raw(t, false, "\x00\x08SSH-2.0-"), ", transport: tcp"), Reason: probes.ReasonProtocol}
			},
		},
	})
}

// once runs the probe of an inventory.
func once(t testing.TB, text string) (probes.Result, map[string]float64) {
	t.Helper()
	o := probetest.Once(t, kinds.All(), kinds.Inventory(), text)
	return o.Result, o.Values
}

// An answer that does not fit into a datagram is asked for again over TCP, and the AD
// flag is told.
func TestCutAndAuthenticated(t *testing.T) {
	r, values := once(t, endpoint(serve(t, func(w wire.ResponseWriter, q *wire.Msg) {
		if w.RemoteAddr().Network() == "udp" {
			m := new(wire.Msg).SetReply(q)
			m.Truncated = true
			_ = w.WriteMsg(m)
			return
		}
		m := new(wire.Msg).SetReply(q)
		m.AuthenticatedData = q.AuthenticatedData && q.IsEdns0().Do()
		for i := range 200 {
			m.Answer = append(m.Answer, &wire.A{Hdr: wire.RR_Header{Name: q.Question[0].Name, Rrtype: wire.TypeA, Class: wire.ClassINET, Ttl: 60}, A: net.IPv4(192, 0, 2, byte(i))})
		}
		_ = w.WriteMsg(m)
	}), ", dnssec: true"))
	if r.Outcome != probes.Success || values[metric.DNSRecords.Name] != 200 || values[metric.DNSAuthenticated.Name] != 1 || !strings.Contains(r.Detail, "cut over udp") {
		t.Errorf("%s %s: %v", r.Outcome, r.Detail, values)
	}
}

// Unbound, with names of its own, one that it refuses, and a server to forward to that fails.
func TestUnbound(t *testing.T) {
	program := testenv.NeedProgram(t, "unbound", "unbound")
	address := peertest.FreeTCP(t)
	host, port, _ := net.SplitHostPort(address)
	failing, failingPort, _ := net.SplitHostPort(serve(t, func(w wire.ResponseWriter, q *wire.Msg) {
		_ = w.WriteMsg(new(wire.Msg).SetRcode(q, wire.RcodeServerFailure))
	}))
	dir := t.TempDir()
	file := filepath.Join(dir, "unbound.conf")
	config := fmt.Sprintf(`
server:
  directory: %q
  chroot: ""
  username: ""
  pidfile: ""
  use-syslog: no
  do-daemonize: no
  interface: %s@%s
  do-not-query-localhost: no
  local-zone: "hop.example." static
  local-data: "hop.example. A 192.0.2.20"
  local-data: "hop.example. AAAA 2001:db8::20"
  local-data: 'hop.example. TXT "xin chao"'
  local-data: "_sips._tcp.hop.example. SRV 10 60 5061 sip.hop.example."
  local-zone: "cam.example." refuse
remote-control:
  control-enable: no
forward-zone:
  name: "."
  forward-addr: %s@%s
`, dir, host, port, failing, failingPort)
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	peertest.Daemon(t, peertest.Place{}, func() error {
		c, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			_ = c.Close()
		}
		return err
	}, program, "-d", "-c", file)
	for name, c := range map[string]struct {
		settings string
		reason   probes.Reason
		code     float64
	}{
		"A over both":  {", transport: both, expect: [192.0.2.20]", "", 0},
		"AAAA":         {", type: AAAA, expect: [\"2001:DB8::20\"]", "", 0},
		"TXT":          {", type: TXT, expect: [xin chao]", "", 0},
		"wrong answer": {", expect: [192.0.2.99]", probes.ReasonContent, 0},
		"no record":    {", type: MX", probes.ReasonContent, 0},
		"no such name": {"/x.hop.example", probes.ReasonContent, 3},
		"as it should": {"/x.hop.example, nxdomain: true", "", 3},
		"service":      {"/_sips._tcp.hop.example, type: SRV, expect: [10 60 5061 sip.hop.example]", "", 0},
		"refused":      {"/cam.example", probes.ReasonStatus, 5},
		"failing one":  {"/other.example, timeout: 5s", probes.ReasonUnavailable, 2},
	} {
		t.Run(name, func(t *testing.T) {
			text := endpoint(address, c.settings)
			if own, found := strings.CutPrefix(c.settings, "/"); found {
				text = strings.Replace(endpoint(address, ""), "hop.example", own, 1)
				if strings.Contains(own, "timeout") {
					text = strings.Replace(text, "timeout: 900ms, ", "", 1)
				}
			}
			r, values := once(t, text)
			if r.Reason != c.reason || values[metric.DNSResponse.Name] != c.code {
				t.Errorf("%s %s: %s, code %g", r.Outcome, r.Reason, r.Detail, values[metric.DNSResponse.Name])
			}
		})
	}
}
