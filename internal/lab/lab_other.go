//go:build !linux

package lab

import (
	"context"
	"net"
	"time"

	"wanwatch/internal/lab/plan"
	"wanwatch/internal/lab/truth"
)

// Lab is a running network. There is none on this system.
type Lab struct{}

// Start fails with ErrUnsupported.
func Start(*plan.Plan, Options) (*Lab, error) { return nil, ErrUnsupported }

// Close does nothing.
func (*Lab) Close() error { return nil }

// Done returns nil.
func (*Lab) Done() <-chan struct{} { return nil }

// Plan returns nil.
func (*Lab) Plan() *plan.Plan { return nil }

// Log returns nil.
func (*Lab) Log() *truth.Log { return nil }

// Epoch returns the zero time.
func (*Lab) Epoch() time.Time { return time.Time{} }

// Prober fails with ErrUnsupported.
func (*Lab) Prober(func() error) error { return ErrUnsupported }

// Far fails with ErrUnsupported.
func (*Lab) Far(func() error) error { return ErrUnsupported }

// Listen fails with ErrUnsupported.
func (*Lab) Listen(context.Context, string, string) (net.Listener, error) {
	return nil, ErrUnsupported
}

// ListenPacket fails with ErrUnsupported.
func (*Lab) ListenPacket(context.Context, string, string) (net.PacketConn, error) {
	return nil, ErrUnsupported
}

// Dial fails with ErrUnsupported.
func (*Lab) Dial(context.Context, string, string) (net.Conn, error) { return nil, ErrUnsupported }

// Settle fails with ErrUnsupported.
func (*Lab) Settle(context.Context, time.Duration) error { return ErrUnsupported }

// Stats fails with ErrUnsupported.
func (*Lab) Stats() (Stats, error) { return Stats{}, ErrUnsupported }
