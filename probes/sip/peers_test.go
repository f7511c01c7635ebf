package sip_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wanwatch/internal/peertest"
	"wanwatch/internal/testenv"
	"wanwatch/probes"
	"wanwatch/probes/metric"
)

// scenario is a SIPp scenario that answers each OPTIONS in one way.
const scenario = `<?xml version="1.0" encoding="UTF-8" ?>
<scenario name="answer">
  <recv request="OPTIONS"/>
  %s
</scenario>
`

const send = `<send><![CDATA[
SIP/2.0 %s
[last_Via:]
[last_From:]
[last_To:];tag=[pid]SIPp[call_number]
[last_Call-ID:]
[last_CSeq:]
%sContent-Length: 0

]]></send>
`

// challenge lets SIPp check the answer to its challenge by itself.
const challenge = `<send><![CDATA[
SIP/2.0 401 Unauthorized
[last_Via:]
[last_From:]
[last_To:];tag=[pid]SIPp[call_number]
[last_Call-ID:]
[last_CSeq:]
WWW-Authenticate: Digest realm="hop.example", nonce="47ebe028cda119c35d4877b383027d28da013815"
Content-Length: 0

]]></send>
<recv request="OPTIONS"><action>
  <verifyauth assign_to="valid" username="an" password="dung"/>
</action></recv>
<nop hide="true" test="valid" next="good"/>
<send next="end"><![CDATA[
SIP/2.0 403 Forbidden
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
<label id="good"/>
<send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
<label id="end"/>
`

// sipp starts SIPp as a server with a scenario.
func sipp(t *testing.T, transport, steps string) string {
	t.Helper()
	program := testenv.NeedProgram(t, "sipp", "sip-tester")
	dir := t.TempDir()
	file := filepath.Join(dir, "scenario.xml")
	if err := os.WriteFile(file, fmt.Appendf(nil, scenario, steps), 0o600); err != nil {
		t.Fatal(err)
	}
	address := peertest.FreeUDP(t)
	host, port, _ := net.SplitHostPort(address)
	_, control, _ := net.SplitHostPort(peertest.FreeUDP(t))
	how := map[string]string{"udp": "u1", "tcp": "t1"}[transport]
	peertest.Daemon(t, peertest.Place{}, func() error { return taken(transport, address) },
		program, "-sf", file, "-i", host, "-p", port, "-t", how, "-nostdin", "-timeout", "60s", "-cp", control)
	return address
}

// taken reports whether somebody listens on an address; it sends nothing.
func taken(transport, address string) error {
	var open bool
	if transport == "udp" {
		c, err := net.ListenPacket("udp", address)
		if open = err != nil; !open {
			_ = c.Close()
		}
	} else {
		c, err := net.Dial("tcp", address)
		if open = err == nil; open {
			_ = c.Close()
		}
	}
	if !open {
		return fmt.Errorf("nothing listens on %s over %s", address, transport)
	}
	return nil
}

// SIPp gives each answer of the table.
func TestSIPp(t *testing.T) {
	t.Setenv("SIP_TEST_PASSWORD", "dung")
	for name, c := range map[string]struct {
		steps, settings string
		outcome         probes.Outcome
		reason          probes.Reason
		registered      float64
	}{
		"ready":             {fmt.Sprintf(send, "200 OK", ""), "", probes.Success, "", -1},
		"ready over TCP":    {fmt.Sprintf(send, "200 OK", ""), ", transport: tcp", probes.Success, "", -1},
		"trying first":      {fmt.Sprintf(send, "100 Trying", "") + `<pause milliseconds="200"/>` + fmt.Sprintf(send, "200 OK", ""), "", probes.Success, "", -1},
		"not allowed":       {fmt.Sprintf(send, "405 Method Not Allowed", ""), "", probes.Success, "", -1},
		"busy room":         {fmt.Sprintf(send, "486 Busy Here", ""), ", room: haichau", probes.Success, "", 1},
		"unknown room":      {fmt.Sprintf(send, "404 Not Found", ""), ", room: haichau", probes.Failure, probes.ReasonNotRegistered, 0},
		"forbidden room":    {fmt.Sprintf(send, "403 Forbidden", ""), ", room: haichau", probes.Unknown, probes.ReasonUndisclosed, -1},
		"moved room":        {fmt.Sprintf(send, "302 Moved Temporarily", "Contact: <sip:x@192.0.2.1>\n"), ", room: haichau", probes.Unknown, probes.ReasonUndisclosed, -1},
		"overloaded":        {fmt.Sprintf(send, "503 Service Unavailable", "Retry-After: 30\n"), "", probes.Failure, probes.ReasonUnavailable, -1},
		"proxy cut off":     {fmt.Sprintf(send, "504 Server Time-out", ""), ", room: haichau", probes.Failure, probes.ReasonStatus, -1},
		"right credential":  {challenge, ", credential: c", probes.Success, "", -1},
		"asks for password": {challenge, "", probes.Success, "", -1},
	} {
		t.Run(name, func(t *testing.T) {
			transport := "udp"
			if strings.Contains(c.settings, "tcp") {
				transport = "tcp"
			}
			r, values, said := once(t, endpoint(sipp(t, transport, c.steps), c.settings))
			if r.Outcome != c.outcome || r.Reason != c.reason {
				t.Errorf("got %s %s:\n%s", r.Outcome, r.Reason, said)
			}
			if v, ok := values[metric.Registered.Name]; c.registered >= 0 && (!ok || v != c.registered) {
				t.Errorf("registered is %g, want %g", v, c.registered)
			}
		})
	}
}

// kamailio is a registrar and proxy, without passwords, over UDP, TCP and TLS.
const kamailio = `
debug=1
log_stderror=yes
children=1
auto_aliases=no
enable_tls=yes
listen=udp:%[1]s
listen=tcp:%[1]s
listen=tls:%[2]s
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "siputils.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "tls.so"
modparam("tls", "tls_method", "TLSv1.2+")
modparam("tls", "certificate", "%[3]s")
modparam("tls", "private_key", "%[4]s")
modparam("registrar", "min_expires", 1)
modparam("tm", "fr_timer", 400)
request_route {
	if (is_method("REGISTER")) { save("location"); exit; }
	if ($rU == $null) { sl_send_reply("200", "OK"); exit; }
	if (!lookup("location")) { sl_send_reply("404", "Not Found"); exit; }
	t_relay();
}
`

// proxy is where Kamailio listens, and its certificate.
type proxy struct{ plain, secure, cert string }

func startKamailio(t *testing.T) proxy {
	t.Helper()
	program := testenv.NeedProgram(t, "kamailio", "kamailio kamailio-tls-modules")
	dir := t.TempDir()
	cert, key := peertest.Certificate(t, time.Now().AddDate(1, 0, 0), "hop.example")
	plain, secure := peertest.FreeTCP(t), peertest.FreeTCP(t)
	file := filepath.Join(dir, "kamailio.cfg")
	if err := os.WriteFile(file, fmt.Appendf(nil, kamailio, plain, secure, cert, key), 0o600); err != nil {
		t.Fatal(err)
	}
	peertest.Daemon(t, peertest.Place{}, func() error { return taken("tcp", secure) }, program, "-DD", "-E", "-f", file, "-Y", dir, "-P", filepath.Join(dir, "pid"), "-m", "16", "-M", "4")
	return proxy{plain, secure, cert}
}

// Kamailio, as registrar and proxy: a room that is registered, one that is not, and
// one that is registered but dead; over UDP, TCP and TLS.
func TestKamailio(t *testing.T) {
	k := startKamailio(t)
	plain, secure, cert := k.plain, k.secure, k.cert
	room := serve(t, always("200 OK"))
	register(t, plain, "haichau", room)
	register(t, plain, "sontra", peertest.FreeUDP(t))
	for name, c := range map[string]struct {
		settings   string
		outcome    probes.Outcome
		reason     probes.Reason
		registered float64
	}{
		"the proxy itself":     {"", probes.Success, "", -1},
		"registered":           {", room: haichau", probes.Success, "", 1},
		"registered, over TCP": {", transport: tcp, room: haichau", probes.Success, "", 1},
		"registered, over TLS": {", transport: tls, room: haichau, tls_config: {server_name: hop.example, ca_file: " + cert + "}", probes.Success, "", 1},
		"self-signed":          {", transport: tls", probes.Failure, probes.ReasonTLS, -1},
		"not registered":       {", room: camle", probes.Failure, probes.ReasonNotRegistered, 0},
		"registered, dead":     {", room: sontra", probes.Failure, probes.ReasonStatus, -1},
	} {
		t.Run(name, func(t *testing.T) {
			address := plain
			if strings.Contains(c.settings, "tls") {
				address = secure
			}
			r, values, said := once(t, endpoint(address, strings.ReplaceAll(c.settings, "900ms", "3s")))
			if r.Outcome != c.outcome || r.Reason != c.reason {
				t.Errorf("got %s %s:\n%s", r.Outcome, r.Reason, said)
			}
			if v, ok := values[metric.Registered.Name]; c.registered >= 0 && (!ok || v != c.registered) {
				t.Errorf("registered is %g, want %g", v, c.registered)
			}
			if _, ok := values[metric.CertificateExpiry.Name]; ok != (address == secure) {
				t.Errorf("the certificate's expiry is told: %v", ok)
			}
		})
	}
}

// baresip is a real room: it registers, answers OPTIONS, and says goodbye at its end.
const baresip = `
sip_listen %[1]s
module_path /usr/lib/baresip/modules
module account.so
module g711.so
`

func TestBaresip(t *testing.T) {
	program := testenv.NeedProgram(t, "baresip", "baresip-core")
	registrar := startKamailio(t).plain
	ask := func(t *testing.T) (probes.Result, float64) {
		t.Helper()
		r, values, _ := once(t, endpoint(registrar, ", room: hoavang"))
		return r, values[metric.Registered.Name]
	}
	t.Run("registered", func(t *testing.T) {
		dir := t.TempDir()
		room := peertest.FreeUDP(t)
		for name, text := range map[string]string{
			"config":   fmt.Sprintf(baresip, room),
			"accounts": fmt.Sprintf("<sip:hoavang@%s;transport=udp>;regint=600;auth_pass=unused\n", registrar),
			"contacts": "",
		} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		peertest.Daemon(t, peertest.Place{}, func() error {
			if r, registered := ask(t); r.Outcome != probes.Success || registered != 1 {
				return fmt.Errorf("%s: %s", r.Reason, r.Detail)
			}
			return nil
		}, program, "-f", dir, "-v")
	})
	if r, registered := ask(t); r.Reason != probes.ReasonNotRegistered || registered != 0 {
		t.Errorf("after its goodbye: %s: %s", r.Reason, r.Detail)
	}
}

// register tells a registrar where a room is, as the room would.
func register(t *testing.T, registrar, user, contact string) {
	t.Helper()
	c, err := net.Dial("udp", registrar)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	fmt.Fprintf(c, "REGISTER sip:%[1]s SIP/2.0\r\nVia: SIP/2.0/UDP %[2]s;branch=z9hG4bK%[3]s;rport\r\nMax-Forwards: 70\r\nFrom: <sip:%[3]s@127.0.0.1>;tag=1\r\nTo: <sip:%[3]s@127.0.0.1>\r\nCall-ID: %[3]s\r\nCSeq: 1 REGISTER\r\nContact: <sip:%[3]s@%[4]s>\r\nExpires: 600\r\nContent-Length: 0\r\n\r\n",
		registrar, c.LocalAddr(), user, contact)
	buffer := make([]byte, 4096)
	n, err := c.Read(buffer)
	if err != nil || !strings.HasPrefix(string(buffer[:n]), "SIP/2.0 200") {
		t.Fatalf("REGISTER of %s: %v: %s", user, err, buffer[:n])
	}
}
