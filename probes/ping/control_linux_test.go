package ping

import (
	"net/netip"
	"testing"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

func TestControlMessages(t *testing.T) {
	if c := controlMessage(v4, options{}); c != nil {
		t.Errorf("%x, want none for a packet without options", c)
	}
	for _, tt := range []struct {
		family family
		o      options
		n      int
	}{
		{v4, options{dscp: 46, ttl: 7, source: peer{addr: netip.MustParseAddr("198.18.0.1")}, link: 3}, 3},
		{v6, options{dscp: 46, ttl: 7, source: peer{addr: netip.MustParseAddr("2001:db8::1")}, link: 3}, 3},
		{v4, options{link: 3}, 1},
	} {
		list, err := unix.ParseSocketControlMessage(controlMessage(tt.family, tt.o))
		if err != nil || len(list) != tt.n {
			t.Errorf("%s %+v: %d messages, %v; want %d", tt.family, tt.o, len(list), err, tt.n)
		}
	}
}

func FuzzReadNotes(f *testing.F) {
	f.Add(controlMessage(v4, options{dscp: 46, ttl: 7, link: 3}))
	f.Add(appendControl(nil, unix.IPPROTO_IP, unix.IP_RECVERR, make([]byte, 32)))
	f.Add(appendControl(nil, unix.SOL_SOCKET, unix.SCM_TIMESTAMPNS, make([]byte, 16)))
	f.Fuzz(func(_ *testing.T, b []byte) { readNotes(b) })
}

// The kernel's view of the filters: what it runs is what the bpf package runs.
func TestFilters(t *testing.T) {
	const id = 0x1234
	from4, to4 := netip.MustParseAddr("198.18.0.9"), netip.MustParseAddr("198.18.0.1")
	from6, to6 := netip.MustParseAddr("2001:db8::9"), netip.MustParseAddr("2001:db8::1")
	echo := func(kind byte, id uint16) []byte {
		return append([]byte{kind, 0, 0, 0, byte(id >> 8), byte(id), 0, 1}, make([]byte, 20)...)
	}
	errorV4 := func(kind byte, inner []byte) []byte {
		return append([]byte{kind, 1, 0, 0, 0, 0, 0, 0}, ipPacket(from4, to4, inner)...)
	}
	errorV6 := func(kind byte, inner []byte) []byte {
		return append([]byte{kind, 0, 0, 0, 0, 0, 0, 0}, ipPacket(from6, to6, inner)...)
	}
	fragment := func(inner []byte) []byte {
		p := ipPacket(from6, to6, append([]byte{protocolICMPv6, 0, 0, 1, 0, 0, 0, 9}, inner...))
		p[6] = protocolFragment
		return append([]byte{v6TooBig, 0, 0, 0, 0, 0, 0, 0}, restore(p, inner)...)
	}
	for _, tt := range []struct {
		name string
		f    family
		m    []byte // the ICMP message
		pass bool
	}{
		{"our answer", v4, echo(typeEchoReplyV4, id), true},
		{"another's answer", v4, echo(typeEchoReplyV4, id+1), false},
		{"our request", v4, echo(typeEchoRequestV4, id), false},
		{"unreachable", v4, errorV4(v4Unreachable, echo(typeEchoRequestV4, id)), true},
		{"time exceeded", v4, errorV4(v4TimeExceeded, echo(typeEchoRequestV4, id)), true},
		{"parameter problem", v4, errorV4(v4Parameter, echo(typeEchoRequestV4, id)), true},
		{"redirect", v4, errorV4(5, echo(typeEchoRequestV4, id)), false},
		{"error about another's", v4, errorV4(v4Unreachable, echo(typeEchoRequestV4, id+1)), false},
		{"error about an answer", v4, errorV4(v4Unreachable, echo(typeEchoReplyV4, id)), false},
		{"cut short", v4, []byte{v4Unreachable, 0, 0}, false},
		{"our answer", v6, echo(typeEchoReplyV6, id), true},
		{"another's answer", v6, echo(typeEchoReplyV6, id+1), false},
		{"our request", v6, echo(typeEchoRequestV6, id), false},
		{"unreachable", v6, errorV6(v6Unreachable, echo(typeEchoRequestV6, id)), true},
		{"too big", v6, errorV6(v6TooBig, echo(typeEchoRequestV6, id)), true},
		{"too big, a fragment", v6, fragment(echo(typeEchoRequestV6, id)), true},
		{"too big, another's fragment", v6, fragment(echo(typeEchoRequestV6, id+1)), false},
		{"error about another's", v6, errorV6(v6Unreachable, echo(typeEchoRequestV6, id+1)), false},
		{"router advertisement", v6, echo(134, id), false},
		{"cut short", v6, []byte{v6Unreachable, 0, 0}, false},
	} {
		t.Run(tt.f.String()+" "+tt.name, func(t *testing.T) {
			program, packet := filterV6(id), tt.m
			if tt.f == v4 {
				program, packet = filterV4(id), append(ipPacket(from4, to4, make([]byte, 8))[:20], tt.m...)
			}
			vm, err := bpf.NewVM(program)
			if err != nil {
				t.Fatal(err)
			}
			n, err := vm.Run(packet)
			if err != nil {
				t.Fatal(err)
			}
			if (n > 0) != tt.pass {
				t.Errorf("let through: %t, want %t", n > 0, tt.pass)
			}
		})
	}
}

// restore puts back what ipPacket took for a checksum.
func restore(p, inner []byte) []byte {
	p[42], p[43] = 0, 1
	copy(p[48:], inner)
	return p
}
