package world

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"time"

	"wanwatch/internal/lab/inhabit"
	"wanwatch/internal/lab/inhabit/agent"
	"wanwatch/internal/lab/inhabit/gatekeeper"
)

// Inhabitants are all who answer on the network. The routers ask for the secret;
// certificates count from now.
func (n *Network) Inhabitants(secret string, now time.Time) (inhabit.All, error) {
	servers, err := n.servers(now)
	if err != nil {
		return nil, err
	}
	if g := n.Gatekeeper; g != nil {
		servers = append(servers, &gatekeeper.Gatekeeper{Address: g.Address.String(), Rooms: g.Rooms})
	}
	routers, err := n.routers(secret)
	return append(servers, routers...), err
}

func (n *Network) servers(now time.Time) (inhabit.All, error) {
	authority, err := inhabit.NewAuthority(now)
	if err != nil {
		return nil, err
	}
	var list inhabit.All
	for _, server := range n.Servers {
		for i, port := range server.Ports {
			x := &inhabit.TCP{Address: netip.AddrPortFrom(server.Address, uint16(port)).String()}
			if server.TLS && i == 0 {
				x.Certificate, err = authority.Issue(inhabit.Request{
					Names: []string{server.Site + ".example"}, Addresses: []netip.Addr{server.Address},
					NotBefore: now.Add(-time.Hour), NotAfter: now.Add(server.Certificate),
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

// routers are the SNMP agents: all behind one port, or each at its own.
func (n *Network) routers(secret string) (inhabit.All, error) {
	usual := &agent.Fleet{Address: ":161"}
	var list inhabit.All
	for _, r := range n.Routers {
		r.Allow(secret)
		d, err := agent.NewDevice(r.Spec, nil)
		if err != nil {
			return nil, err
		}
		if r.Port == 0 {
			usual.Devices = append(usual.Devices, d)
			continue
		}
		address := net.JoinHostPort(loopback().String(), strconv.Itoa(r.Port))
		list = append(list, &agent.Fleet{Address: address, Devices: []*agent.Device{d}})
	}
	if len(usual.Devices) > 0 {
		list = append(list, usual)
	}
	return list, nil
}
