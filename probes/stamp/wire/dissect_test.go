package wire_test

import (
	"strings"
	"testing"
	"time"

	"wanwatch/internal/peertest"
	"wanwatch/internal/testenv"
	"wanwatch/probes/stamp/wire"
)

// Wireshark reads both sides' packets as test packets. Its dissector is TWAMP's, for
// which TLVs are padding; the bits of both error estimates have one name there, so they
// are compared as numbers: 0x8f84 has the S bit and 0x1980 has not.
func TestDecoded(t *testing.T) {
	testenv.NeedProgram(t, "tshark", "tshark")
	at := time.Date(2026, 11, 23, 8, 30, 0, 250_000_000, time.UTC)
	question := make([]byte, 172)
	wire.Extend(question, 46)
	q := wire.Question{Sequence: 77, Sent: wire.NTP(at), Error: wire.NewErrorEstimate(time.Millisecond, true), SSID: 0}
	q.Write(question)
	answer := append([]byte(nil), question...)
	wire.Answer{
		Sequence: 76, Sent: wire.NTP(at.Add(time.Second / 2)), Error: wire.NewErrorEstimate(time.Second, false),
		Received: wire.NTP(at.Add(time.Second / 4)), Question: q, TTL: 61,
	}.Write(answer)
	frames := peertest.Dissect(t, "udp.port==862,twamp.test",
		peertest.Packet{Transport: "udp", From: 40000, To: 862, Payload: question},
		peertest.Packet{Transport: "udp", From: 862, To: 40000, Payload: answer})
	for i, want := range []map[string]string{
		{"twamp.test.seq_number": "77", "twamp.test.timestamp": "Nov 23, 2026 08:30:00.250000000 UTC", "twamp.test.error_estimate": "36740"},
		{
			"twamp.test.seq_number": "76", "twamp.test.timestamp": "Nov 23, 2026 08:30:00.750000000 UTC", "twamp.test.error_estimate": "6528",
			"twamp.test.sender_error_estimate": "36740",
			"twamp.test.receive_timestamp":     "Nov 23, 2026 08:30:00.500000000 UTC", "twamp.test.sender_seq_number": "77",
			"twamp.test.sender_timestamp": "Nov 23, 2026 08:30:00.250000000 UTC", "twamp.test.sender_ttl": "61",
		},
	} {
		for field, value := range want {
			if got := frames[i][field]; !strings.Contains(got, value) {
				t.Errorf("packet %d: %s is %q, want %q (%v)", i, field, got, value, frames[i])
			}
		}
	}
}
