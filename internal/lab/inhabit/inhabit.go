// Package inhabit holds who lives on the far side of a simulated network: the
// servers that probes ask. What it speaks is for the lab only.
//
// To add one, implement [Inhabitant] in a file or package of its own. On the far
// side every address is local, so one socket bound to a port alone serves all
// addresses: an inhabitant may stand for hundreds of devices and tell them
// apart by the local address of what it receives. A UDP server of that kind
// must answer from that address (IP_PKTINFO, IPV6_RECVPKTINFO).
package inhabit

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
)

// Network is the far side as inhabitants see it; *lab.Lab is one. Sockets
// opened here work from any goroutine.
type Network interface {
	Listen(ctx context.Context, network, address string) (net.Listener, error)
	ListenPacket(ctx context.Context, network, address string) (net.PacketConn, error)
}

// Inhabitant answers at some addresses of the far side.
type Inhabitant interface {
	// Start returns once it answers. After an error nothing of it is left.
	// It lives until Close, not until ctx is done.
	Start(ctx context.Context, n Network) error
	// Close ends it and returns when all that it started has ended. It is not
	// called unless Start succeeded.
	Close() error
}

// All starts and closes several inhabitants as one.
type All []Inhabitant

// Start starts each in order. If one fails, those before it are closed.
func (a All) Start(ctx context.Context, n Network) error {
	for i, inhabitant := range a {
		if err := inhabitant.Start(ctx, n); err != nil {
			return errors.Join(fmt.Errorf("starting inhabitant %d of %d: %w", i+1, len(a), err), a[:i].Close())
		}
	}
	return nil
}

// Close closes each, the last one first.
func (a All) Close() error {
	var errs []error
	for _, inhabitant := range slices.Backward(a) {
		errs = append(errs, inhabitant.Close())
	}
	return errors.Join(errs...)
}
