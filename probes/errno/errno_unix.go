//go:build unix

package errno

import "golang.org/x/sys/unix"

// The kernel's errors that tell what became of a connection or a packet.
const (
	Refused             = unix.ECONNREFUSED
	Reset               = unix.ECONNRESET
	Aborted             = unix.EPIPE
	HostUnreachable     = unix.EHOSTUNREACH
	NetUnreachable      = unix.ENETUNREACH
	Access              = unix.EACCES
	Permission          = unix.EPERM
	AddressNotAvailable = unix.EADDRNOTAVAIL
	TooManyFiles        = unix.EMFILE
	NoBuffers           = unix.ENOBUFS
)
