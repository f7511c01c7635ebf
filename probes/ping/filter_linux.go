package ping

import (
	"fmt"
	"unsafe"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// attachFilter lets only those messages through to a raw socket that answer
// requests with our id: echo replies, and errors that quote a request. It
// replaces the filter before in one step.
func attachFilter(fd int, f family, id uint16) error {
	program := filterV4(id)
	if f == v6 {
		program = filterV6(id)
	}
	raw, err := bpf.Assemble(program)
	if err != nil {
		return fmt.Errorf("assembling the socket filter: %w", err)
	}
	code := make([]unix.SockFilter, len(raw))
	for i, r := range raw {
		code[i] = unix.SockFilter{Code: r.Op, Jt: r.Jt, Jf: r.Jf, K: r.K}
	}
	p := unix.SockFprog{Len: uint16(len(code)), Filter: (*unix.SockFilter)(unsafe.Pointer(&code[0]))} //nolint:gosec // the kernel's interface
	if err := unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &p); err != nil {
		return fmt.Errorf("attaching the socket filter: %w", err)
	}
	return nil
}

const everything = 0x40000

// filterV4 works on a whole IPv4 packet: raw sockets get the header too.
func filterV4(id uint16) []bpf.Instruction {
	return []bpf.Instruction{
		/* 0*/ bpf.LoadMemShift{Off: 0}, // X = length of the IP header
		/* 1*/ bpf.LoadIndirect{Off: 0, Size: 1},
		/* 2*/ bpf.JumpIf{Cond: bpf.JumpEqual, Val: typeEchoReplyV4, SkipFalse: 3},
		/* 3*/ bpf.LoadIndirect{Off: 4, Size: 2},
		/* 4*/ bpf.JumpIf{Cond: bpf.JumpEqual, Val: uint32(id), SkipFalse: 16},
		/* 5*/ bpf.RetConstant{Val: everything},
		/* 6*/ bpf.JumpIf{Cond: bpf.JumpEqual, Val: v4Unreachable, SkipTrue: 2},
		/* 7*/ bpf.JumpIf{Cond: bpf.JumpEqual, Val: v4TimeExceeded, SkipTrue: 1},
		/* 8*/ bpf.JumpIf{Cond: bpf.JumpEqual, Val: v4Parameter, SkipFalse: 12},
		/* 9*/ bpf.LoadIndirect{Off: echoHeader + 9, Size: 1}, // protocol of the quoted packet
		/*10*/ bpf.JumpIf{Cond: bpf.JumpEqual, Val: protocolICMP, SkipFalse: 10},
		/*11*/ bpf.LoadIndirect{Off: echoHeader, Size: 1}, // its header's length
		/*12*/ bpf.ALUOpConstant{Op: bpf.ALUOpAnd, Val: 0x0f},
		/*13*/ bpf.ALUOpConstant{Op: bpf.ALUOpShiftLeft, Val: 2},
		/*14*/ bpf.ALUOpX{Op: bpf.ALUOpAdd},
		/*15*/ bpf.TAX{},
		/*16*/ bpf.LoadIndirect{Off: echoHeader, Size: 1},
		/*17*/ bpf.JumpIf{Cond: bpf.JumpEqual, Val: typeEchoRequestV4, SkipFalse: 3},
		/*18*/ bpf.LoadIndirect{Off: echoHeader + 4, Size: 2},
		/*19*/ bpf.JumpIf{Cond: bpf.JumpEqual, Val: uint32(id), SkipFalse: 1},
		/*20*/ bpf.RetConstant{Val: everything},
		/*21*/ bpf.RetConstant{Val: 0},
	}
}

// filterV6 works on the ICMPv6 message. The quoted packet may be a first
// fragment.
func filterV6(id uint16) []bpf.Instruction {
	const next, header, fragment = echoHeader + 6, echoHeader + 40, 8
	return []bpf.Instruction{
		/* 0*/ bpf.LoadAbsolute{Off: 0, Size: 1},
		/* 1*/ bpf.JumpIf{Cond: bpf.JumpEqual, Val: typeEchoReplyV6, SkipFalse: 2},
		/* 2*/ bpf.LoadAbsolute{Off: 4, Size: 2},
		/* 3*/ bpf.Jump{Skip: 10}, // to 14
		/* 4*/ bpf.JumpIf{Cond: bpf.JumpGreaterThan, Val: v6Parameter, SkipTrue: 11},
		/* 5*/ bpf.LoadAbsolute{Off: next, Size: 1},
		/* 6*/ bpf.JumpIf{Cond: bpf.JumpEqual, Val: protocolICMPv6, SkipTrue: 5}, // to 12
		/* 7*/ bpf.JumpIf{Cond: bpf.JumpEqual, Val: protocolFragment, SkipFalse: 8},
		/* 8*/ bpf.LoadAbsolute{Off: header, Size: 1},
		/* 9*/ bpf.JumpIf{Cond: bpf.JumpEqual, Val: protocolICMPv6, SkipFalse: 6},
		/*10*/ bpf.LoadAbsolute{Off: header + fragment + 4, Size: 2},
		/*11*/ bpf.Jump{Skip: 2}, // to 14
		/*12*/ bpf.LoadAbsolute{Off: header + 4, Size: 2},
		/*13*/ bpf.Jump{Skip: 0},
		/*14*/ bpf.JumpIf{Cond: bpf.JumpEqual, Val: uint32(id), SkipFalse: 1},
		/*15*/ bpf.RetConstant{Val: everything},
		/*16*/ bpf.RetConstant{Val: 0},
	}
}
