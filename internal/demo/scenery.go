package demo

import (
	"context"
	"fmt"
	"net"
	"net/netip"
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

// inhabitants are all who answer.
func (s scenery) inhabitants() (inhabit.All, error) {
	people, err := s.servers()
	if err != nil {
		return nil, err
	}
	return people, nil
}

func (s scenery) servers() (inhabit.All, error) {
	authority, err := inhabit.NewAuthority(s.epoch)
	if err != nil {
		return nil, err
	}
	var list inhabit.All
	for _, server := range s.network.Servers {
		for i, port := range server.Ports {
			x := &inhabit.TCP{Address: netip.AddrPortFrom(server.Address, uint16(port)).String()}
			if server.TLS && i == 0 {
				x.Certificate, err = authority.Issue(inhabit.Request{
					Names: []string{server.Site + ".example"}, Addresses: []netip.Addr{server.Address},
					NotBefore: s.epoch.Add(-time.Hour), NotAfter: s.epoch.Add(server.Certificate),
				})
				if err != nil {
					return nil, fmt.Errorf("%s: %w", server.Name, err)
				}
			}
			list = append(list, x)
		}
	}
	return list, nil
}
