package wire

import (
	"bytes"
	"testing"
	"time"
)

var at = time.Date(2026, 11, 23, 8, 30, 0, 123456789, time.UTC)

func TestSizesAndPlaces(t *testing.T) {
	packet := bytes.Repeat([]byte{0xff}, Base)
	Question{Sequence: 0x01020304, Sent: NTP(at), Error: 0x8a01, SSID: 0x0506}.Write(packet)
	want := append([]byte{1, 2, 3, 4, 0xee, 0xae, 0x78, 0x08, 0x1f, 0x9a, 0xdd, 0x37, 0x8a, 0x01, 5, 6}, make([]byte, 28)...)
	if !bytes.Equal(packet, want) {
		t.Errorf("question\n% x, want\n% x", packet, want)
	}
	a := Answer{
		Sequence: 7, Sent: NTP(at.Add(time.Second)), Error: 0x8001, SSID: 9, Received: NTP(at),
		Question: Question{Sequence: 0x01020304, Sent: NTP(at), Error: 0x8a01}, TTL: 61,
	}
	a.Write(packet)
	if packet[40] != 61 || packet[27] != 4 || packet[36] != 0x8a || packet[3] != 7 || packet[15] != 9 {
		t.Errorf("answer % x", packet)
	}
	if got, err := ReadAnswer(packet); err != nil || got != a {
		t.Errorf("%+v %v, want %+v", got, err, a)
	}
	a.Write(packet[:Least])
	if got, err := ReadAnswer(packet[:Least]); err != nil || got != a {
		t.Errorf("TWAMP's %d octets: %+v %v", Least, got, err)
	}
}

func TestTimestamps(t *testing.T) {
	for _, moment := range []time.Time{
		at, time.Unix(0, 0), time.Date(2036, 2, 7, 6, 28, 15, 999999999, time.UTC), time.Date(2036, 2, 7, 6, 28, 16, 0, time.UTC), time.Date(2040, 1, 1, 0, 0, 0, 1, time.UTC),
	} {
		if got := NTP(moment).Time(0); !got.Equal(moment) {
			t.Errorf("%s is read back as %s", moment, got)
		}
	}
	// 2208988800 s lie between the epochs (RFC 5905, appendix A.1.1).
	if got := NTP(time.Unix(0, 0)); got != 2_208_988_800<<32 {
		t.Errorf("1970 is %#x", got)
	}
	if got := Timestamp(1_800_000_000<<32 | 5).Time(ptp); !got.Equal(time.Unix(1_800_000_000, 5)) {
		t.Errorf("in PTP's format: %s", got)
	}
}

func TestErrorEstimates(t *testing.T) {
	for _, d := range []time.Duration{0, 1, time.Microsecond, 59 * time.Microsecond, time.Millisecond, 1234567, time.Second, 16 * time.Second, time.Hour} {
		for _, sync := range []bool{true, false} {
			e := NewErrorEstimate(d, sync)
			got, ok := e.Within()
			if !ok || e.Synchronized() != sync || e.PTP() || got < d || got > d+d/100+time.Nanosecond {
				t.Errorf("%s became %#04x, which is %s %v", d, uint16(e), got, ok)
			}
		}
	}
	if _, ok := ErrorEstimate(0x8000).Within(); ok {
		t.Error("a multiplier of 0 tells nothing")
	}
}

// The bytes of the reference: DSCP1 is EF.
func TestClassOfService(t *testing.T) {
	packet := make([]byte, 60)
	Extend(packet, 46)
	if want := []byte{0x80, 4, 0, 4, 0xb8, 0, 0, 0, 0x80, 1, 0, 4, 0, 0, 0, 0}; !bytes.Equal(packet[Base:], want) {
		t.Errorf("% x, want % x", packet[Base:], want)
	}
	value := make([]byte, 4)
	ClassOfService{Wanted: 46, Arrived: 8, ECN: 1, Refused: true}.Write(value)
	if want := []byte{0xb8, 0x85, 0, 0}; !bytes.Equal(value, want) {
		t.Errorf("% x, want % x", value, want)
	}
	for _, size := range []int{Base, Base + 7, Base + 8, Base + 11, Base + 12, 1472} {
		packet := bytes.Repeat([]byte{0xff}, size)
		Extend(packet, 34)
		n := 0
		for tlv := range TLVs(packet) {
			if tlv.Cut && size != Base+7 && size != Base+11 {
				t.Errorf("%d octets: %+v is cut", size, tlv)
			}
			n++
		}
		if size >= Base+8 && n == 0 {
			t.Errorf("%d octets: no TLV", size)
		}
	}
}

// FuzzPackets: whatever comes is read without a panic, and what is read is written as
// it was.
func FuzzPackets(f *testing.F) {
	packet := make([]byte, 172)
	Question{Sequence: 3, Sent: NTP(at), Error: 0x8001, SSID: 5}.Write(packet)
	Extend(packet, 46)
	f.Add(packet)
	f.Add(packet[:41])
	f.Add(bytes.Repeat([]byte{0x80, 4, 0, 4}, 20))
	f.Fuzz(func(t *testing.T, data []byte) {
		for tlv := range TLVs(data) {
			if c, ok := ReadClassOfService(tlv.Value); ok && tlv.Type == TypeClassOfService {
				again := make([]byte, 4)
				c.Write(again)
				if back, ok := ReadClassOfService(again); !ok || back != c {
					t.Fatalf("%+v became %+v", c, back)
				}
			}
		}
		a, err := ReadAnswer(data)
		if err != nil {
			return
		}
		q, _ := ReadQuestion(data)
		if within, ok := a.Error.Within(); within < 0 || ok && a.Sent.Time(a.Error).IsZero() {
			t.Fatalf("%+v is at no time", a)
		}
		again := make([]byte, Base)
		a.Write(again)
		if back, _ := ReadAnswer(again); back != a {
			t.Fatalf("%+v became %+v", a, back)
		}
		q.Write(again)
		if back, _ := ReadQuestion(again); back != q {
			t.Fatalf("%+v became %+v", q, back)
		}
	})
}
