package sip

import (
	"bufio"
	"bytes"
	"strings"
	"testing"

	"github.com/icholy/digest"

	"wanwatch/internal/peertest"
	"wanwatch/probes"
)

// The table of reference: what each status means, asked for the device itself and
// for a room behind a proxy.
func TestJudge(t *testing.T) {
	for status, want := range map[int][2]meaning{
		200: {{"", -1, ""}, {"", 1, ""}},
		202: {{"", -1, ""}, {"", 1, ""}},
		302: {{"", -1, ""}, {probes.ReasonUndisclosed, -1, ""}},
		400: {{"", -1, ""}, {probes.ReasonUndisclosed, -1, ""}},
		401: {{"", -1, ""}, {probes.ReasonUndisclosed, -1, ""}},
		403: {{"", -1, ""}, {probes.ReasonUndisclosed, -1, ""}},
		404: {{"", -1, ""}, {probes.ReasonNotRegistered, 0, ""}},
		405: {{"", -1, ""}, {probes.ReasonUndisclosed, -1, ""}},
		407: {{"", -1, ""}, {probes.ReasonUndisclosed, -1, ""}},
		408: {{probes.ReasonStatus, -1, ""}, {probes.ReasonStatus, -1, ""}},
		410: {{"", -1, ""}, {probes.ReasonNotRegistered, 0, ""}},
		420: {{"", -1, ""}, {probes.ReasonUndisclosed, -1, ""}},
		480: {{"", -1, ""}, {probes.ReasonNotRegistered, 0, ""}},
		481: {{"", -1, ""}, {probes.ReasonUndisclosed, -1, ""}},
		486: {{"", -1, ""}, {"", 1, ""}},
		488: {{"", -1, ""}, {probes.ReasonUndisclosed, -1, ""}},
		500: {{probes.ReasonUnavailable, -1, ""}, {probes.ReasonUnavailable, -1, ""}},
		501: {{"", -1, ""}, {probes.ReasonUndisclosed, -1, ""}},
		502: {{probes.ReasonStatus, -1, ""}, {probes.ReasonStatus, -1, ""}},
		503: {{probes.ReasonUnavailable, -1, ""}, {probes.ReasonUnavailable, -1, ""}},
		504: {{probes.ReasonStatus, -1, ""}, {probes.ReasonStatus, -1, ""}},
		600: {{"", -1, ""}, {"", 1, ""}},
		603: {{"", -1, ""}, {"", 1, ""}},
		604: {{"", -1, ""}, {probes.ReasonNotRegistered, 0, ""}},
	} {
		for i, proxy := range []bool{false, true} {
			got := judge(status, proxy, nil)
			if got.reason != want[i].reason || got.registered != want[i].registered || got.text == "" {
				t.Errorf("%d, through a proxy %v: got %+v, want %+v", status, proxy, got, want[i])
			}
			if m := judge(status, proxy, []int{status}); m.reason != "" {
				t.Errorf("%d is accepted by the settings, and still fails: %+v", status, m)
			}
		}
	}
}

// Wireshark decodes what is sent as what it claims to be.
func TestRequestIsDecoded(t *testing.T) {
	plain := newRequest("sip:10.0.0.1:5060", "udp", "netmon", "10.0.0.9:40000")
	room := newRequest("sip:haichau@[2001:db8::5];transport=tcp", "tcp", "wanwatch", "[2001:db8::9]:40001")
	credentials, err := digest.Digest(&digest.Challenge{Realm: "hop", Nonce: "n0nce", Algorithm: "MD5", QOP: []string{"auth"}},
		digest.Options{Method: "OPTIONS", URI: room.uri, Username: "w", Password: "p", Count: 1})
	if err != nil {
		t.Fatal(err)
	}
	again := room.again("Authorization: " + credentials.String())
	frames := peertest.Dissect(t, "",
		peertest.Packet{Transport: "udp", From: 40000, To: 5060, Payload: plain.encode()},
		peertest.Packet{Transport: "tcp", From: 40001, To: 5060, Payload: room.encode()},
		peertest.Packet{Transport: "tcp", From: 40002, To: 5060, Payload: again.encode()})
	for i, q := range []*request{plain, room, again} {
		for field, want := range map[string]string{
			"sip.Method": "OPTIONS", "sip.r-uri": q.uri, "sip.Call-ID": q.callID, "sip.Via.branch": q.branch,
			"sip.from.tag": q.tag, "sip.Max-Forwards": "70", "sip.Content-Length": "0", "sip.CSeq.method": "OPTIONS",
			"sip.from.user": q.from, "sip.Via.transport": strings.ToUpper(q.transport),
		} {
			if got := frames[i][field]; got != want {
				t.Errorf("packet %d: %s is %q, want %q", i, field, got, want)
			}
		}
	}
	if got := frames[2]["sip.auth.username"]; !strings.Contains(got, "w") || frames[2]["sip.CSeq.seq"] != "2" {
		t.Errorf("the answer to the challenge: user %q, CSeq %q", got, frames[2]["sip.CSeq.seq"])
	}
}

// Identifiers are never used twice.
func TestIdentifiers(t *testing.T) {
	a, b := newRequest("sip:x", "udp", "w", "192.0.2.1:1"), newRequest("sip:x", "udp", "w", "192.0.2.1:1")
	if a.branch == b.branch || a.callID == b.callID || a.tag == b.tag {
		t.Error("two requests share an identifier")
	}
	if c := a.again("X: y"); c.branch == a.branch || c.callID != a.callID || c.sequence != a.sequence+1 {
		t.Errorf("the answer to a challenge is no new transaction of the same call: %+v", c)
	}
	if a.sequence != 1 || a.authorization != "" {
		t.Error("the first request changed")
	}
	if local := newRequest("sip:x", "udp", "w", "[fe80::1%eth0]:5"); strings.Contains(string(local.encode()), "%") {
		t.Error("a zone stands in the message")
	}
}

// What is an answer to a request, and what is not.
func TestAnswers(t *testing.T) {
	q := &request{callID: "c@h", branch: "z9hG4bKx", sequence: 1}
	const good = "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h:1;rport=5;branch=z9hG4bKx\r\nCall-ID: c@h\r\nCSeq: 1 OPTIONS\r\n\r\n"
	for name, c := range map[string]struct{ text, want string }{
		"whole":           {good, ""},
		"compact":         {"SIP/2.0 200 OK\r\nv: SIP/2.0/UDP h:1;branch=z9hG4bKx\r\ni: c@h\r\nCSeq: 1  OPTIONS\r\n\r\n", ""},
		"folded":          {"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h:1\r\n ;branch=z9hG4bKx\r\nCall-ID: c@h\r\nCSeq: 1 OPTIONS\r\n\r\n", ""},
		"lines end in LF": {strings.ReplaceAll(good, "\r", ""), ""},
		"via of a proxy":  {strings.Replace(good, "z9hG4bKx\r", "z9hG4bKx, SIP/2.0/UDP p;branch=y\r", 1), ""},
		"other branch":    {strings.Replace(good, "bKx", "bKy", 1), "another branch"},
		"branch second":   {strings.Replace(good, "branch=z9hG4bKx", "branch=y, SIP/2.0/UDP h;branch=z9hG4bKx", 1), "another branch"},
		"other call":      {strings.Replace(good, "c@h", "d@h", 1), "another Call-ID"},
		"other method":    {strings.Replace(good, "1 OPTIONS", "1 INVITE", 1), "another CSeq"},
		"a request":       {strings.Replace(good, "SIP/2.0 200 OK", "OPTIONS sip:x SIP/2.0", 1), "begins with"},
		"no number":       {strings.Replace(good, "200", "2e2", 1), "begins with"},
		"not a status":    {strings.Replace(good, "200", "999", 1), "begins with"},
		"cut":             {good[:60], "no end"},
		"empty":           {"", "no end"},
		"keep-alive":      {"\r\n\r\n", "no end"},
		"bad header":      {strings.Replace(good, "Call-ID:", "Call-ID", 1), "malformed"},
	} {
		r, err := parse([]byte(c.text))
		var got string
		if err != nil {
			got = err.Error()
		} else {
			got = r.answers(q)
		}
		if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// On a stream one answer ends where its length says, and the next begins.
func TestStream(t *testing.T) {
	from := bufio.NewReader(strings.NewReader("\r\n\r\nSIP/2.0 100 Trying\r\nContent-Length: 4\r\n\r\nbodySIP/2.0 200 OK\r\nl: 0\r\n\r\n"))
	for _, want := range []int{100, 200} {
		if r, err := read(from); err != nil || r.status != want {
			t.Errorf("got %+v, %v, want %d", r, err, want)
		}
	}
	for _, text := range []string{
		"SIP/2.0 200 OK\r\nContent-Length: 99999999\r\n\r\n", "SIP/2.0 200 OK\r\nContent-Length: -1\r\n\r\n",
		"SIP/2.0 200 OK\r\nX: " + strings.Repeat("y", maxHead) + "\r\n\r\n",
	} {
		if _, err := read(bufio.NewReader(strings.NewReader(text))); err == nil {
			t.Errorf("%.60q was read", text)
		}
	}
}

// FuzzResponse: whatever comes, nothing panics, and what is sent is read back.
func FuzzResponse(f *testing.F) {
	f.Add([]byte("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"))
	f.Add([]byte("SIP/2.0 401 No\nWWW-Authenticate: Digest realm=\"x\", nonce=\"y\"\n\n"))
	q := newRequest("sip:x", "udp", "w", "192.0.2.1:1")
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := parse(data)
		if err != nil {
			return
		}
		if r.status < 100 || r.status > 699 {
			t.Errorf("status %d", r.status)
		}
		if why := r.answers(q); why == "" {
			t.Errorf("%q answers a request that nobody has seen", data)
		}
		_, _ = read(bufio.NewReader(bytes.NewReader(data)))
		for _, m := range []bool{false, true} {
			_ = judge(r.status, m, nil)
		}
		if strings.ContainsAny(probes.Printable(r.phrase), "\x00\x1b\r\n") {
			t.Errorf("%q is not printable", r.phrase)
		}
	})
}
