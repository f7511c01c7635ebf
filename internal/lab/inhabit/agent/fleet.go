package agent

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"

	"wanwatch/internal/lab/inhabit"
)

// Fleet is the devices behind one port. It implements [inhabit.Inhabitant].
type Fleet struct {
	// Address is host:port; without a host, that port at every address, with a
	// socket for each family that a device has addresses of.
	Address string
	Devices []*Device

	sockets []*socket
	done    chan struct{}
	stop    func() error // once
	work    sync.WaitGroup
}

// Alone returns the fleet of one agent, which answers at any address.
func Alone(a *Agent, address string) *Fleet {
	return &Fleet{Address: address, Devices: []*Device{{Agent: a}}}
}

var _ inhabit.Inhabitant = (*Fleet)(nil)

// socket is a socket that tells to which address a packet went.
type socket struct {
	net.PacketConn
	read  func(b []byte) (n int, to netip.Addr, from net.Addr, err error)
	write func(b []byte, from netip.Addr, to net.Addr) error
}

// Start opens the sockets and answers at them.
func (f *Fleet) Start(ctx context.Context, n inhabit.Network) error {
	agents, alone, err := f.agents()
	if err != nil {
		return fmt.Errorf("snmp agents: %w", err)
	}
	f.sockets, f.done, f.stop = nil, make(chan struct{}), sync.OnceValue(f.end)
	for _, network := range f.networks() {
		s, err := listen(ctx, n, network, f.Address, alone == nil)
		if err != nil {
			return errors.Join(fmt.Errorf("snmp agents: %w", err), f.Close())
		}
		f.sockets = append(f.sockets, s)
	}
	find := func(to netip.Addr) *Agent {
		if alone != nil {
			return alone
		}
		return agents[to]
	}
	for _, s := range f.sockets {
		f.work.Go(func() { f.serve(s, find) })
	}
	return nil
}

// agents returns the agents by address, or the one that answers at all.
func (f *Fleet) agents() (list map[netip.Addr]*Agent, alone *Agent, err error) {
	list = map[netip.Addr]*Agent{}
	for _, d := range f.Devices {
		if len(d.Addresses()) == 0 {
			if len(f.Devices) > 1 {
				return nil, nil, fmt.Errorf("device %s has no address: that can be only where it is alone", d.spec.Name)
			}
			return nil, d.Agent, nil
		}
		for _, a := range d.Addresses() {
			if list[a] != nil {
				return nil, nil, fmt.Errorf("%s is the address of device %s and of another", a, d.spec.Name)
			}
			list[a] = d.Agent
		}
	}
	return list, nil, nil
}

// networks returns what is listened on.
func (f *Fleet) networks() []string {
	if host, _, err := net.SplitHostPort(f.Address); err != nil || host != "" {
		return []string{"udp"}
	}
	var four, six bool
	for _, d := range f.Devices {
		for _, a := range d.Addresses() {
			four, six = four || a.Is4(), six || !a.Is4()
		}
	}
	switch {
	case four && six:
		return []string{"udp4", "udp6"}
	case six:
		return []string{"udp6"}
	default:
		return []string{"udp4"}
	}
}

// Close closes the sockets. Answers that are held back are not sent any more. It
// is safe to call twice.
func (f *Fleet) Close() error { return f.stop() }

func (f *Fleet) end() error {
	close(f.done)
	var errs []error
	for _, s := range f.sockets {
		errs = append(errs, s.Close())
	}
	f.work.Wait()
	return errors.Join(errs...)
}

// LocalAddr returns the address of the first socket.
func (f *Fleet) LocalAddr() net.Addr { return f.sockets[0].LocalAddr() }

func (f *Fleet) serve(s *socket, find func(netip.Addr) *Agent) {
	buffer := make([]byte, 65535)
	for {
		n, to, from, err := s.read(buffer)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue // such as the word of an earlier asker's host that nobody listens there
		}
		a := find(to)
		if a == nil {
			continue
		}
		answer, delay := a.Answer(buffer[:n])
		switch {
		case answer == nil:
		case delay > 0:
			f.work.Go(func() { f.later(s, answer, to, from, delay) })
		default:
			_ = s.write(answer, to, from) // a lost answer is a fault like any other
		}
	}
}

func (f *Fleet) later(s *socket, answer []byte, from netip.Addr, to net.Addr, delay time.Duration) {
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		_ = s.write(answer, from, to) // as above
	case <-f.done:
	}
}

// listen opens a socket; many is whether devices are told apart at it.
func listen(ctx context.Context, n inhabit.Network, network, address string, many bool) (*socket, error) {
	conn, err := n.ListenPacket(ctx, network, address)
	if err != nil {
		return nil, err
	}
	s := &socket{PacketConn: conn}
	four := true
	if a, ok := conn.LocalAddr().(*net.UDPAddr); ok {
		four = a.IP.To4() != nil
	}
	switch {
	case !many:
		s.plain()
	case four:
		err = s.v4()
	default:
		err = s.v6()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("asking for the addresses that packets went to: %w", err), conn.Close())
	}
	return s, nil
}

func (s *socket) plain() {
	s.read = func(b []byte) (int, netip.Addr, net.Addr, error) {
		n, from, err := s.ReadFrom(b)
		return n, netip.Addr{}, from, err
	}
	s.write = func(b []byte, _ netip.Addr, to net.Addr) error {
		_, err := s.WriteTo(b, to)
		return err
	}
}

func (s *socket) v4() error {
	p := ipv4.NewPacketConn(s.PacketConn)
	s.read = func(b []byte) (int, netip.Addr, net.Addr, error) {
		n, cm, from, err := p.ReadFrom(b)
		if cm == nil {
			return n, netip.Addr{}, from, err
		}
		to, _ := netip.AddrFromSlice(cm.Dst)
		return n, to.Unmap(), from, err
	}
	s.write = func(b []byte, from netip.Addr, to net.Addr) error {
		_, err := p.WriteTo(b, &ipv4.ControlMessage{Src: from.AsSlice()}, to)
		return err
	}
	return p.SetControlMessage(ipv4.FlagDst, true)
}

func (s *socket) v6() error {
	p := ipv6.NewPacketConn(s.PacketConn)
	s.read = func(b []byte) (int, netip.Addr, net.Addr, error) {
		n, cm, from, err := p.ReadFrom(b)
		if cm == nil {
			return n, netip.Addr{}, from, err
		}
		to, _ := netip.AddrFromSlice(cm.Dst)
		return n, to, from, err
	}
	s.write = func(b []byte, from netip.Addr, to net.Addr) error {
		_, err := p.WriteTo(b, &ipv6.ControlMessage{Src: from.AsSlice()}, to)
		return err
	}
	return p.SetControlMessage(ipv6.FlagDst, true)
}
