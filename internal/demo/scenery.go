package demo

import (
	"context"
	"net"
	"time"

	"wanwatch/internal/lab/inhabit"
	"wanwatch/internal/lab/world"
)

// scenery is a network with its ground.
type scenery struct {
	network *world.Network
	ground  inhabit.Network
	epoch   time.Time       // when the story's time began
	failed  <-chan struct{} // closed if the ground fails; may be nil
}

// loopback is this host's own network.
type loopback struct{}

func (loopback) Listen(ctx context.Context, network, address string) (net.Listener, error) {
	return new(net.ListenConfig).Listen(ctx, network, address)
}

func (loopback) ListenPacket(ctx context.Context, network, address string) (net.PacketConn, error) {
	return new(net.ListenConfig).ListenPacket(ctx, network, address)
}
