package transaction

import (
	"bytes"
	"testing"

	"github.com/pion/stun/v3"

	"wanwatch/internal/peertest"
)

// FuzzParse: whatever comes, nothing panics, and nothing is an answer to a question
// whose id nobody knows.
func FuzzParse(f *testing.F) {
	request := stun.MustBuild(stun.TransactionID, stun.BindingRequest)
	f.Add(stun.MustBuild(stun.TransactionID, stun.BindingSuccess, stun.NewSoftware("x"), stun.Fingerprint).Raw)
	f.Add(stun.MustBuild(stun.TransactionID, stun.BindingError, stun.CodeUnauthorized, stun.NewRealm("r"), stun.NewNonce("n")).Raw)
	f.Fuzz(func(t *testing.T, data []byte) {
		if m, _ := Parse(data, request); m != nil {
			t.Errorf("% x answers a question that nobody has seen", data)
		}
		_, _ = readMessage(bytes.NewReader(data))
		// The same as an answer to the question.
		if len(data) < headerSize {
			return
		}
		data = bytes.Clone(data) // the fuzzer's own must not change
		copy(data[8:], request.TransactionID[:])
		if m, why := Parse(data, request); m != nil {
			_, _, _ = Failure(m)
		} else if why == "" {
			t.Error("it is no answer, and no word says why")
		}
	})
}

// Wireshark decodes what is sent as what it claims to be.
func TestRequestsAreDecoded(t *testing.T) {
	key := stun.NewLongTermIntegrity("an", "hop.example", "dung")
	frames := peertest.Dissect(t, "",
		peertest.Packet{Transport: "udp", From: 40000, To: port, Payload: stun.MustBuild(stun.TransactionID, stun.BindingRequest).Raw},
		peertest.Packet{Transport: "udp", From: 40000, To: port, Payload: stun.MustBuild(stun.TransactionID, stun.NewType(stun.MethodAllocate, stun.ClassRequest),
			stun.RawAttribute{Type: stun.AttrRequestedTransport, Value: []byte{17, 0, 0, 0}}, stun.NewUsername("an"), stun.NewRealm("hop.example"), stun.NewNonce("abc"), key).Raw})
	for i, want := range []map[string]string{
		{"stun.type": "0x0001", "stun.cookie": "21:12:a4:42", "stun.length": "0"},
		{"stun.type": "0x0003", "stun.att.transp": "0x11", "stun.att.username": "an", "stun.att.realm": "hop.example"},
	} {
		for field, value := range want {
			if got := frames[i][field]; got != value {
				t.Errorf("packet %d: %s is %q, want %q", i, field, got, value)
			}
		}
	}
}
