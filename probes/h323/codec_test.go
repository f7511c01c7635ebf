package h323

import (
	"encoding/hex"
	"net/netip"
	"strings"
	"testing"

	"wanwatch/internal/peertest"
)

var probe = netip.MustParseAddrPort("10.0.0.9:40000")

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Bytes that Wireshark's dissector was seen to decode, in ../shared's reference.
func TestGoldenQuestions(t *testing.T) {
	for name, c := range map[string]struct {
		got  []byte
		want string
	}{
		"GRQ": {encodeGRQ(1, probe), "00 00 00 00 06 00 08 91 4a 00 04 00 0a 00 00 09 9c 40 02 00"},
		"LRQ": {encodeLRQ(3, "netmon", probe), "48 00 00 02 01 40 05 00 6e 00 65 00 74 00 6d 00 6f 00 6e 00 0a 00 00 09 9c 40"},
	} {
		if want := unhex(t, c.want); hex.EncodeToString(c.got) != hex.EncodeToString(want) {
			t.Errorf("%s: % x, want % x", name, c.got, want)
		}
	}
}

func TestGoldenAnswers(t *testing.T) {
	for text, want := range map[string]answer{
		"04 00 00 01 06 00 08 91 4a 00 04 00 0a 00 00 01 06 b7":    {gatekeeperConfirm, 2, -1, netip.AddrPort{}},
		"08 00 00 01 06 00 08 91 4a 00 04 20":                      {gatekeeperReject, 2, 1, netip.AddrPort{}},
		"08 00 00 01 06 00 08 91 4a 00 04 00":                      {gatekeeperReject, 2, 0, netip.AddrPort{}},
		"08 00 00 01 06 00 08 91 4a 00 04 80":                      {gatekeeperReject, 2, -1, netip.AddrPort{}},
		"08 80 00 01 06 00 08 91 4a 00 04 04 00 67 00 6b 00 31 20": {gatekeeperReject, 2, 1, netip.AddrPort{}}, // with the identifier "gk1"
		"50 00 02 00": {locationReject, 3, 0, netip.AddrPort{}},
		"50 00 02 40": {locationReject, 3, 2, netip.AddrPort{}},
		"50 00 02 80": {locationReject, 3, -1, netip.AddrPort{}},
		"4c 00 02 00 0a 00 00 01 06 b8 00 0a 00 00 01 06 b7":                   {locationConfirm, 3, -1, netip.MustParseAddrPort("10.0.0.1:1720")},
		"4c 00 02 30 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01 06 b8 00": {locationConfirm, 3, -1, netip.MustParseAddrPort("[2001:db8::1]:1720")},
		"4c 00 02 40 01 00":    {locationConfirm, 3, -1, netip.AddrPort{}}, // a NetBIOS address
		"80 05 00 00 02 00 00": {requestInProgress, 3, -1, netip.AddrPort{}},
		"60 00 02":             {unknownMessageResponse, 3, -1, netip.AddrPort{}},
	} {
		got, err := decode(unhex(t, text))
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v, want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", "04", "04 00 00", "08 00 00 01 06", "08 00 00 01 ff", "50 00 02", "4c 00 02 00 0a", "80", "80 05 00", "80 ff",
		"81 01 00", "00 00 00 00", "0c 00 00 00", "48 00 00 02 01 40",
	} {
		if got, err := decode(unhex(t, text)); err == nil {
			t.Errorf("%s: %+v without an error", text, got)
		}
	}
}

// Wireshark decodes what is sent as what it claims to be.
func TestQuestionsAreDecoded(t *testing.T) {
	six := netip.MustParseAddrPort("[2001:db8::9]:40000")
	var packets []peertest.Packet
	for _, payload := range [][]byte{
		encodeGRQ(65535, probe), encodeGRQ(1, six), encodeLRQ(3, "Phòng họp Hải Châu", probe),
		encodeLRQ(4, "0236123", probe), encodeLRQ(5, "12#*,4", six),
	} {
		packets = append(packets, peertest.Packet{Transport: "udp", From: 40000, To: 1719, Payload: payload})
	}
	frames := peertest.Dissect(t, "", packets...)
	for i, want := range []map[string]string{
		{"h225.RasMessage": "0", "h225.requestSeqNum": "65535", "h225.ipV4": "10.0.0.9", "h225.ipV4_port": "40000", "h225.protocolIdentifier": "0.0.8.2250.0.4"},
		{"h225.RasMessage": "0", "h225.requestSeqNum": "1", "h225.ipV6": "2001:db8::9", "h225.ipV6_port": "40000"},
		{"h225.RasMessage": "18", "h225.requestSeqNum": "3", "h225.h323_ID": "Phòng họp Hải Châu", "h225.ipV4": "10.0.0.9"},
		{"h225.RasMessage": "18", "h225.requestSeqNum": "4", "h225.dialledDigits": "0236123", "h225.ipV4": "10.0.0.9", "h225.ipV4_port": "40000"},
		{"h225.RasMessage": "18", "h225.requestSeqNum": "5", "h225.dialledDigits": "12#*,4", "h225.ipV6": "2001:db8::9"},
	} {
		for field, value := range want {
			if got := frames[i][field]; got != value {
				t.Errorf("packet %d: %s is %q, want %q (%v)", i, field, got, value, frames[i])
			}
		}
	}
}

// FuzzAnswer: whatever comes, nothing panics, and what is read has a name.
func FuzzAnswer(f *testing.F) {
	for _, text := range []string{
		"04 00 00 01 06 00 08 91 4a 00 04 00 0a 00 00 01 06 b7", "08 80 00 01 06 00 08 91 4a 00 04 04 00 67 00 6b 00 31 20",
		"50 00 02 00", "4c 00 02 00 0a 00 00 01 06 b8 00 0a 00 00 01 06 b7", "80 05 00 00 02 00 00", "60 00 02",
	} {
		f.Add(unhex(f, text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := decode(data)
		if err != nil {
			return
		}
		if a.String() == "" || judgeGRQ(a).text == "" || judgeLRQ(a).text == "" {
			t.Errorf("%+v has no words", a)
		}
	})
}

// FuzzQuestion: a question of any alias is read back as it was written.
func FuzzQuestion(f *testing.F) {
	f.Add(uint16(1), "haichau")
	f.Add(uint16(65535), "0123#*,")
	f.Fuzz(func(t *testing.T, sequence uint16, alias string) {
		if alias == "" || sequence == 0 || len((&Config{Gatekeeper: "g", Alias: alias}).Check()) > 0 {
			return
		}
		r := &reader{data: encodeLRQ(sequence, alias, probe)}
		tag, _ := r.bits(6), r.bits(3)
		if got := r.uint16() + 1; tag != locationRequest || got != sequence {
			t.Fatalf("message %d, sequence %d, want %d", tag, got, sequence)
		}
		if count, isName := r.octets(1)[0], r.bits(2) == 1; count != 1 || isName == isNumber(alias) {
			t.Fatalf("%d aliases, a name: %v", count, isName)
		} else if isName {
			r.octets(2 * (int(r.octets(1)[0]) + 1))
		} else {
			n := int(r.bits(7)) + 1
			r.octets(0)
			for i := range n {
				if got := dialable[r.bits(4)]; got != alias[i] {
					t.Fatalf("digit %d is %c", i, got)
				}
			}
		}
		if got := r.address(); got != probe || r.err != nil {
			t.Fatalf("address %s, %v", got, r.err)
		}
	})
}
