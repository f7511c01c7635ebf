//go:build unix

package dial

import "golang.org/x/sys/unix"

// The kernel's errors that tell what became of a connection.
const (
	errRefused             = unix.ECONNREFUSED
	errReset               = unix.ECONNRESET
	errAborted             = unix.EPIPE
	errHostUnreachable     = unix.EHOSTUNREACH
	errNetUnreachable      = unix.ENETUNREACH
	errAccess              = unix.EACCES
	errPermission          = unix.EPERM
	errAddressNotAvailable = unix.EADDRNOTAVAIL
	errTooManyFiles        = unix.EMFILE
	errNoBuffers           = unix.ENOBUFS
)
