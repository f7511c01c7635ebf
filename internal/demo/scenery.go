package demo

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"time"

	"wanwatch/internal/lab/inhabit"
	"wanwatch/internal/lab/inhabit/agent"
	"wanwatch/internal/lab/world"
)

// scenery is a network with its ground.
type scenery struct {
	network *world.Network
	ground  inhabit.Network
	secret  string          // of the routers
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
	routers, err := s.routers()
	return append(people, routers...), err
}

// routers are the SNMP agents: all behind one port, or each at its own.
func (s scenery) routers() (inhabit.All, error) {
	usual := &agent.Fleet{Address: ":161"}
	var list inhabit.All
	for _, r := range s.network.Routers {
		r.Allow(s.secret)
		d, err := agent.NewDevice(r.Spec, nil)
		if err != nil {
			return nil, err
		}
		if r.Port == 0 {
			usual.Devices = append(usual.Devices, d)
			continue
		}
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(r.Port))
		list = append(list, &agent.Fleet{Address: address, Devices: []*agent.Device{d}})
	}
	if len(usual.Devices) > 0 {
		list = append(list, usual)
	}
	return list, nil
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
