//go:build !unix

package dial

import (
	"syscall"

	"wanwatch/inventory"
)

// setDSCP does nothing: Windows ignores the socket option and marks packets by
// its own policies (New-NetQosPolicy).
func setDSCP(string, syscall.RawConn, inventory.DSCP) error { return nil }
