//go:build !linux

package demo

import (
	"context"
	"net"

	"wanwatch/internal/lab"
)

// IsInside reports whether this process is the inner one. There is none on this
// system.
func IsInside() bool { return false }

// Inside is the demo in the inner process.
func Inside(context.Context, Options) error { return lab.ErrUnsupported }

func runInside(_ context.Context, o Options, _ []net.Listener) error {
	tellReduced(o.Out, lab.ErrUnsupported)
	return errNotHere
}
