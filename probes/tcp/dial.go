package tcp

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"wanwatch/probes"
)

// unknown takes a gauge away until it is known again.
var unknown = math.NaN()

// connection is an open connection and what it took to open it.
type connection struct {
	net.Conn
	remote string        // address and port that answered
	took   time.Duration // from the first SYN to the established connection
}

// connect tries the addresses of the host one after the other, sharing what is
// left of the time-out evenly among those left to try.
func (p *prober) connect(ctx context.Context, trace *probes.Trace) (*connection, error) {
	addresses, err := p.addresses(ctx, trace)
	if err != nil {
		return nil, err
	}
	var failures []*failure
	for i, a := range addresses {
		conn, err := p.dial(ctx, a, len(addresses)-i, trace)
		if err == nil {
			return conn, nil
		}
		failures = append(failures, explain(err))
		if ctx.Err() != nil {
			break
		}
	}
	return nil, foremost(failures)
}

// addresses returns the addresses to try.
func (p *prober) addresses(ctx context.Context, trace *probes.Trace) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(p.host); err == nil {
		return p.usable([]netip.Addr{a})
	}
	trace.Logf("resolve %s", p.host)
	texts, err := p.env.LookupHost(ctx, p.host)
	if err != nil {
		trace.Logf("resolve %s: %v", p.host, err)
		return nil, p.resolveFailure(ctx, err)
	}
	trace.Logf("resolve %s: %s", p.host, strings.Join(texts, ", "))
	var found []netip.Addr
	for _, text := range texts {
		if a, err := netip.ParseAddr(text); err == nil {
			found = append(found, a)
		}
	}
	return p.usable(found)
}

// usable keeps the addresses of the wanted family and of the source's family.
func (p *prober) usable(all []netip.Addr) ([]netip.Addr, error) {
	family := p.config.Family
	if source, err := netip.ParseAddr(p.config.Source); err == nil {
		family = "ip6"
		if source.Unmap().Is4() {
			family = "ip4"
		}
	}
	var kept []netip.Addr
	for _, a := range all {
		a = a.Unmap()
		if family == "" || family == "any" || a.Is4() == (family == "ip4") {
			kept = append(kept, a)
		}
	}
	if len(kept) > 0 {
		return kept, nil
	}
	if len(all) == 0 || family == "" || family == "any" {
		return nil, &failure{probes.ReasonResolve, fmt.Sprintf("%s has no address", p.host)}
	}
	return nil, &failure{probes.ReasonResolve, fmt.Sprintf("%s has no %s address", p.host, family)}
}

// resolveFailure is the failure of a lookup, unless the probe was stopped.
func (p *prober) resolveFailure(ctx context.Context, err error) *failure {
	if errors.Is(ctx.Err(), context.Canceled) {
		return explain(ctx.Err())
	}
	var dns *net.DNSError
	if errors.As(err, &dns) && dns.IsNotFound {
		return &failure{probes.ReasonResolve, fmt.Sprintf("the name %s does not exist or has no address", p.host)}
	}
	return &failure{probes.ReasonResolve, fmt.Sprintf("looking up %s: %v", p.host, err)}
}

// dial opens a connection to one address. left counts the addresses not tried
// yet, this one among them.
func (p *prober) dial(ctx context.Context, a netip.Addr, left int, trace *probes.Trace) (*connection, error) {
	if deadline, ok := ctx.Deadline(); ok && left > 1 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Until(deadline)/time.Duration(left))
		defer cancel()
	}
	dialer := net.Dialer{
		FallbackDelay: -1, // one address at a time
		KeepAlive:     -1, // closed at once
		ControlContext: func(_ context.Context, network, _ string, c syscall.RawConn) error {
			return setDSCP(network, c, p.config.DSCP)
		},
	}
	if source, err := netip.ParseAddr(p.config.Source); err == nil {
		dialer.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(source, 0))
	}
	remote := net.JoinHostPort(a.String(), p.port)
	network := "tcp6"
	if a.Is4() {
		network = "tcp4"
	}
	trace.Logf("connect to %s: SYN", remote)
	start := time.Now()
	conn, err := dialer.DialContext(ctx, network, remote)
	took := time.Since(start)
	if err != nil {
		f := p.dialFailure(ctx, remote, a, took, err)
		trace.Logf("connect to %s: %s", remote, f.detail)
		return nil, f
	}
	trace.Logf("connect to %s: established from %s", remote, conn.LocalAddr())
	return &connection{Conn: conn, remote: remote, took: took}, nil
}

// drainTime and drainBytes bound how long the probe waits for the other side
// to close as well.
const (
	drainTime  = 200 * time.Millisecond
	drainBytes = 64 << 10
)

// close ends the connection without a reset, as the package comment says.
func (c *connection) close(ctx context.Context) {
	defer c.Conn.Close()
	tcp, ok := c.Conn.(*net.TCPConn)
	if !ok || tcp.CloseWrite() != nil || ctx.Err() != nil {
		return
	}
	if tcp.SetReadDeadline(time.Now().Add(drainTime)) != nil {
		return
	}
	stop := context.AfterFunc(ctx, func() { _ = tcp.SetReadDeadline(time.Now()) })
	defer stop()
	buffer := make([]byte, 4096)
	for read := 0; read < drainBytes; {
		n, err := tcp.Read(buffer)
		if err != nil {
			return
		}
		read += n
	}
}
