// Package dial opens what probes ask over: TCP connections, TLS on them, and UDP
// sockets, each from the source and with the DSCP that the inventory wants. It
// explains what went wrong on the way in the words and reasons of package probes.
//
// A name is resolved anew for each connection, and its addresses are tried one
// after the other within the time-out. UDP sockets are connected: only the asked
// address and port can answer, and the kernel passes on that nothing listens
// there.
//
// A close while unread data waits makes the kernel send a reset (RFC 2525,
// section 2.17), which servers log as an error, and a TLS 1.3 server sends
// session tickets that nobody reads. So [Conn.Close] says that no more will come
// (FIN, and close_notify before it), reads what is left for a short while, and
// only then closes. A probe hands its result on before that.
package dial

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes"
)

// Dialer is whom to connect to, and how.
type Dialer struct {
	Host     string // name or literal address, without brackets
	Port     string
	Family   string // ip4, ip6, or any of a name's addresses
	Source   string // address of this host to send from; empty: the kernel's choice
	DSCP     inventory.DSCP
	Resolver probes.Resolver
}

// For returns the settings of a job, which its kind has made, and the dialer of its
// address, which has been completed by a port.
func For[Config any](env probes.Env, job probes.Job) (*Config, Dialer, error) {
	where := func(err error) error {
		return fmt.Errorf("%s: probe %s of %s: %w", job.Probe.Pos, job.Probe.Name, job.Target.ID, err)
	}
	config, ok := job.Probe.Config.(*Config)
	if !ok {
		return nil, Dialer{}, where(fmt.Errorf("settings of the wrong type %T", job.Probe.Config))
	}
	host, port, err := SplitAddress(job.Probe.Address)
	if err != nil {
		return nil, Dialer{}, where(err)
	}
	return config, Dialer{Host: host, Port: port, Resolver: env.Resolver}, nil
}

// Conn is an open connection, or a connected UDP socket. Its reads and writes end
// with the context that it was opened with.
type Conn struct {
	net.Conn
	Remote string        // address and port that are connected
	Took   time.Duration // from the first SYN to the established connection
	Lookup time.Duration // how long the name took to resolve; 0 for an address

	raw    net.Conn // below TLS
	opened time.Time
	stop   func() bool // the watch over the context
}

// Open connects over udp, tcp, or tcp with a TLS handshake after it ("tls"). The
// samples are those of the handshake, as far as it went; without TLS there are none.
func (d *Dialer) Open(ctx context.Context, transport string, settings *TLSConfig, trace *probes.Trace) (*Conn, []probes.Sample, error) {
	if transport == "udp" {
		conn, err := d.UDP(ctx, trace)
		return conn, nil, err
	}
	conn, err := d.TCP(ctx, trace)
	if transport != "tls" {
		return conn, nil, err
	}
	if err != nil {
		return nil, Session{}.Samples(), err
	}
	session, err := conn.Handshake(ctx, Security{Name: d.Host, Config: settings}, trace)
	if err != nil {
		conn.Close(ctx)
		return nil, session.Samples(), err
	}
	return conn, session.Samples(), nil
}

// TCP opens a connection.
func (d *Dialer) TCP(ctx context.Context, trace *probes.Trace) (*Conn, error) {
	return d.open(ctx, "tcp", trace)
}

// UDP opens a connected socket; nothing is sent.
func (d *Dialer) UDP(ctx context.Context, trace *probes.Trace) (*Conn, error) {
	return d.open(ctx, "udp", trace)
}

// open tries the addresses of the host one after the other, sharing what is left
// of the time-out evenly among those left to try.
func (d *Dialer) open(ctx context.Context, transport string, trace *probes.Trace) (*Conn, error) {
	begin := time.Now()
	addresses, err := d.Addresses(ctx, trace)
	if err != nil {
		return nil, err
	}
	var lookup time.Duration
	if _, err := netip.ParseAddr(d.Host); err != nil {
		lookup = time.Since(begin)
	}
	var failures []*Failure
	for i, a := range addresses {
		conn, err := d.dial(ctx, transport, a, len(addresses)-i, trace)
		if err == nil {
			conn.Lookup = lookup
			return conn, nil
		}
		failures = append(failures, Explain(err))
		if ctx.Err() != nil {
			break
		}
	}
	return nil, foremost(failures)
}

// dial connects to one address. left counts the addresses not tried yet, this
// one among them.
func (d *Dialer) dial(ctx context.Context, transport string, a netip.Addr, left int, trace *probes.Trace) (*Conn, error) {
	own := ctx
	if deadline, ok := ctx.Deadline(); ok && left > 1 {
		var cancel context.CancelFunc
		own, cancel = context.WithTimeout(ctx, time.Until(deadline)/time.Duration(left))
		defer cancel()
	}
	dialer := d.dialer(transport)
	remote := net.JoinHostPort(a.String(), d.Port)
	network := transport + "6"
	if a.Is4() {
		network = transport + "4"
	}
	if transport == "tcp" {
		trace.Logf("connect to %s: SYN", remote)
	}
	start := time.Now()
	conn, err := dialer.DialContext(own, network, remote)
	took := time.Since(start)
	if err != nil {
		f := d.openFailure(own, remote, a, took, err)
		trace.Logf("connect to %s: %s", remote, f.Detail)
		return nil, f
	}
	if transport == "tcp" {
		trace.Logf("connect to %s: established from %s", remote, conn.LocalAddr())
	}
	return watched(ctx, &Conn{Conn: conn, Remote: remote, Took: took, raw: conn, opened: start}), nil
}

func (d *Dialer) dialer(transport string) net.Dialer {
	dialer := net.Dialer{
		FallbackDelay: -1, // one address at a time
		KeepAlive:     -1, // closed at once
		ControlContext: func(_ context.Context, network, _ string, c syscall.RawConn) error {
			return setDSCP(network, c, d.DSCP)
		},
	}
	if source, err := netip.ParseAddr(d.Source); err == nil {
		local := netip.AddrPortFrom(source, 0)
		dialer.LocalAddr = net.TCPAddrFromAddrPort(local)
		if transport == "udp" {
			dialer.LocalAddr = net.UDPAddrFromAddrPort(local)
		}
	}
	return dialer
}

// watched ends the connection's reads and writes with the context.
func watched(ctx context.Context, c *Conn) *Conn {
	if deadline, ok := ctx.Deadline(); ok {
		_ = c.SetDeadline(deadline)
	}
	c.stop = context.AfterFunc(ctx, func() { _ = c.raw.SetDeadline(time.Unix(1, 0)) })
	return c
}

// drainTime and drainBytes bound how long the probe waits for the other side
// to close as well.
const (
	drainTime  = 200 * time.Millisecond
	drainBytes = 64 << 10
)

// Close ends the connection, if it is one without a reset, as the package comment
// says.
func (c *Conn) Close(ctx context.Context) {
	c.stop()
	defer c.raw.Close()
	connection, ok := c.raw.(*net.TCPConn)
	if !ok || ctx.Err() != nil || connection.SetDeadline(time.Now().Add(drainTime)) != nil {
		return
	}
	if session, ok := c.Conn.(*tls.Conn); ok {
		_ = session.CloseWrite() // RFC 8446, section 6.1
	}
	if connection.CloseWrite() != nil {
		return
	}
	stop := context.AfterFunc(ctx, func() { _ = connection.SetReadDeadline(time.Now()) })
	defer stop()
	buffer := make([]byte, 4096)
	for read := 0; read < drainBytes; {
		n, err := connection.Read(buffer)
		if err != nil {
			return
		}
		read += n
	}
}
