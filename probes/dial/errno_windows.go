package dial

import "golang.org/x/sys/windows"

// The errors of Windows sockets that tell what became of a connection.
const (
	errRefused             = windows.WSAECONNREFUSED
	errReset               = windows.WSAECONNRESET
	errAborted             = windows.WSAECONNABORTED
	errHostUnreachable     = windows.WSAEHOSTUNREACH
	errNetUnreachable      = windows.WSAENETUNREACH
	errAccess              = windows.WSAEACCES
	errPermission          = windows.ERROR_ACCESS_DENIED
	errAddressNotAvailable = windows.WSAEADDRNOTAVAIL
	errTooManyFiles        = windows.WSAEMFILE
	errNoBuffers           = windows.WSAENOBUFS
)
