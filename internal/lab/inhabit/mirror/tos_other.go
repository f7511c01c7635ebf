//go:build !linux

package mirror

import "net"

func tellTOS(*net.UDPConn) error { return nil }

func tosOf([]byte) byte { return 0 }
