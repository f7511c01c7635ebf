package dns

import (
	"testing"

	"github.com/miekg/dns"

	"wanwatch/internal/peertest"
	"wanwatch/probes"
)

// What is the right answer, and what is not.
func TestJudge(t *testing.T) {
	records := func(texts ...string) *dns.Msg {
		m := new(dns.Msg)
		for _, text := range texts {
			rr, err := dns.NewRR(text)
			if err != nil {
				t.Fatal(err)
			}
			m.Answer = append(m.Answer, rr)
		}
		return m
	}
	code := func(code int) *dns.Msg { return &dns.Msg{MsgHdr: dns.MsgHdr{Rcode: code}} }
	marked := records("a. 1 A 192.0.2.1")
	marked.AuthenticatedData = true
	for name, c := range map[string]struct {
		config Config
		answer *dns.Msg
		want   probes.Reason
	}{
		"any":                    {Config{Type: "A"}, records("a. 1 A 192.0.2.1"), ""},
		"behind an alias":        {Config{Type: "A", Expect: []string{"192.0.2.1"}}, records("a. 1 CNAME b.", "b. 1 A 192.0.2.1"), ""},
		"only an alias":          {Config{Type: "A"}, records("a. 1 CNAME b."), probes.ReasonContent},
		"one of two is missing":  {Config{Type: "A", Expect: []string{"192.0.2.2", "192.0.2.1"}}, records("a. 1 A 192.0.2.1"), probes.ReasonContent},
		"more than expected":     {Config{Type: "A", Expect: []string{"192.0.2.1"}}, records("a. 1 A 192.0.2.2", "a. 1 A 192.0.2.1"), ""},
		"IPv6 in another form":   {Config{Type: "AAAA", Expect: []string{"2001:db8:0:0::1"}}, records("a. 1 AAAA 2001:db8::1"), ""},
		"name without its dot":   {Config{Type: "NS", Expect: []string{"ns.A.example"}}, records("a. 1 NS NS.a.example."), ""},
		"service":                {Config{Type: "SRV", Expect: []string{"10 60 5061 sip.a.example."}}, records("a. 1 SRV 10 60 5061 sip.a.example."), ""},
		"text":                   {Config{Type: "TXT", Expect: []string{"v=spf1 -all"}}, records(`a. 1 TXT "v=spf1 -all"`), ""},
		"no such name":           {Config{Type: "A"}, code(dns.RcodeNameError), probes.ReasonContent},
		"no such name, as it is": {Config{Type: "A", NXDomain: true}, code(dns.RcodeNameError), ""},
		"exists, should not":     {Config{Type: "A", NXDomain: true}, records("a. 1 A 192.0.2.1"), probes.ReasonContent},
		"server failure":         {Config{Type: "A"}, code(dns.RcodeServerFailure), probes.ReasonUnavailable},
		"refused":                {Config{Type: "A"}, code(dns.RcodeRefused), probes.ReasonStatus},
		"not authenticated":      {Config{Type: "A", DNSSEC: true}, records("a. 1 A 192.0.2.1"), probes.ReasonContent},
		"authenticated":          {Config{Type: "A", DNSSEC: true}, marked, ""},
	} {
		if got, why := c.config.judge(c.answer); got != c.want || (got == "") != (why == "") {
			t.Errorf("%s: %q (%s), want %q", name, got, why, c.want)
		}
	}
}

// Wireshark decodes what is sent as what it claims to be.
func TestQuestionIsDecoded(t *testing.T) {
	q := (&Config{Name: "hop.example", Type: "AAAA", DNSSEC: true}).question()
	data, err := q.Pack()
	if err != nil {
		t.Fatal(err)
	}
	fields := peertest.Dissect(t, "", peertest.Packet{Transport: "udp", From: 40000, To: 53, Payload: data})[0]
	for field, want := range map[string]string{
		"dns.qry.name": "hop.example", "dns.qry.type": "28", "dns.flags.recdesired": "1", "dns.flags.response": "0", "dns.resp.type": "41", "dns.resp.z.do": "1",
	} {
		if got := fields[field]; got != want && !(want == "1" && got == "True") && !(want == "0" && got == "False") {
			t.Errorf("%s is %q, want %q", field, got, want)
		}
	}
}

// FuzzParse: whatever comes, nothing panics, and what answers the question has its id.
func FuzzParse(f *testing.F) {
	c := &Config{Name: "hop.example", Type: "A"}
	q := c.question()
	a := new(dns.Msg).SetReply(q)
	a.Answer = []dns.RR{&dns.A{Hdr: dns.RR_Header{Name: "hop.example.", Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 1}, A: []byte{192, 0, 2, 1}}}
	data, err := a.Pack()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add(data[:20])
	f.Fuzz(func(t *testing.T, data []byte) {
		m, why := parse(data, q)
		if (m == nil) == (why == "") {
			t.Fatalf("answer %v, and the word %q", m, why)
		}
		if m == nil {
			return
		}
		if data[0] != byte(q.Id>>8) || data[1] != byte(q.Id) {
			t.Error("it has another id")
		}
		_, _ = c.judge(m)
		_ = summary(m)
	})
}
