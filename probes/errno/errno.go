// Package errno names the errors of sockets that tell what became of a connection or
// a packet. The systems number them differently: a Windows socket never returns the
// ECONNREFUSED of package syscall.
package errno
