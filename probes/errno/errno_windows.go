package errno

import "golang.org/x/sys/windows"

// The errors of Windows sockets that tell what became of a connection or a packet.
const (
	Refused             = windows.WSAECONNREFUSED
	Reset               = windows.WSAECONNRESET
	Aborted             = windows.WSAECONNABORTED
	HostUnreachable     = windows.WSAEHOSTUNREACH
	NetUnreachable      = windows.WSAENETUNREACH
	Access              = windows.WSAEACCES
	Permission          = windows.ERROR_ACCESS_DENIED
	AddressNotAvailable = windows.WSAEADDRNOTAVAIL
	TooManyFiles        = windows.WSAEMFILE
	NoBuffers           = windows.WSAENOBUFS
)
