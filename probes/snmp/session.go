package snmp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/gosnmp/gosnmp"

	"wanwatch/inventory"
	"wanwatch/probes"
)

// wire is all that this package can ask of a device: it can only read. Answers
// have no error of the session's own, but may have the device's (Error).
type wire interface {
	Get(ctx context.Context, oids []string, p patience) (*gosnmp.SnmpPacket, error)
	GetNext(ctx context.Context, oid string, p patience) (*gosnmp.SnmpPacket, error)
	GetBulk(ctx context.Context, oid string, repetitions uint32, p patience) (*gosnmp.SnmpPacket, error)
	// Sent returns how many request packets were sent since the last call.
	Sent() int
	Close() error
}

// patience is how long and how often an answer is waited for.
type patience struct {
	tries   int           // at least 1
	timeout time.Duration // of each try
}

// remote is whom a session asks, and how.
type remote struct {
	host, port string
	transport  string // udp or tcp
	anySource  bool
	credential *inventory.SNMPCredential
	resolver   probes.Resolver
}

func (r remote) String() string { return net.JoinHostPort(r.host, r.port) }

// session is the wire to one device. Its socket stays open from one poll to
// the next and is opened anew after an error; then the name is resolved and
// the secrets are read again.
type session struct {
	remote   remote
	engines  *engines
	now      func() time.Time
	conn     *conn // nil while closed
	security security
	synced   time.Time // when the device last told its engine time
	sent     int
	turn     int // which of a name's addresses comes first
	onSent   func(*gosnmp.GoSNMP)
}

func newSession(r remote, shared *engines, now func() time.Time) *session {
	s := &session{remote: r, engines: shared, now: now}
	s.onSent = func(*gosnmp.GoSNMP) { s.sent++ }
	return s
}

// Get implements wire.
func (s *session) Get(ctx context.Context, oids []string, p patience) (*gosnmp.SnmpPacket, error) {
	return s.ask(ctx, p, func(g *gosnmp.GoSNMP) (*gosnmp.SnmpPacket, error) { return g.Get(oids) })
}

// GetNext implements wire.
func (s *session) GetNext(ctx context.Context, oid string, p patience) (*gosnmp.SnmpPacket, error) {
	return s.ask(ctx, p, func(g *gosnmp.GoSNMP) (*gosnmp.SnmpPacket, error) { return g.GetNext([]string{oid}) })
}

// GetBulk implements wire.
func (s *session) GetBulk(ctx context.Context, oid string, repetitions uint32, p patience) (*gosnmp.SnmpPacket, error) {
	return s.ask(ctx, p, func(g *gosnmp.GoSNMP) (*gosnmp.SnmpPacket, error) {
		return g.GetBulk([]string{oid}, 0, repetitions)
	})
}

// Sent implements wire.
func (s *session) Sent() int {
	n := s.sent
	s.sent = 0
	return n
}

// Close implements wire. The session can be used again.
func (s *session) Close() error {
	if s.conn == nil {
		return nil
	}
	err := s.conn.Close()
	s.conn, s.security = nil, security{}
	return err
}

// ask sends a request. A device that has lost its engine's identity or time,
// as after a restart, is asked who it is and then once more; a second refusal
// is an error, so that no two engines can argue for ever.
func (s *session) ask(ctx context.Context, p patience, request func(*gosnmp.GoSNMP) (*gosnmp.SnmpPacket, error)) (*gosnmp.SnmpPacket, error) {
	answer, err := s.askOnce(ctx, p, request)
	if errors.Is(err, errOutOfStep) {
		answer, err = s.askOnce(ctx, p, request)
	}
	return answer, err
}

func (s *session) askOnce(ctx context.Context, p patience, request func(*gosnmp.GoSNMP) (*gosnmp.SnmpPacket, error)) (*gosnmp.SnmpPacket, error) {
	if err := s.open(ctx); err != nil {
		return nil, err
	}
	g, err := s.engines.borrow()
	if err != nil {
		return nil, &Error{Reason: probes.ReasonSend, Detail: err.Error(), cause: err}
	}
	defer s.engines.giveBack(g)
	s.lend(ctx, g, p)

	stop := context.AfterFunc(ctx, s.conn.Cut)
	answer, err := request(g)
	uncut := stop()
	s.security.contextEngine = g.ContextEngineID
	s.synced = s.now()

	if err == nil {
		err = s.check(answer)
	} else {
		err = s.explain(ctx, answer, err, p)
	}
	if isSilence(err) {
		s.turn++
	}
	if err != nil || !uncut {
		_ = s.Close() // the error that led here says more
	}
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// lend sets up a gosnmp value for one request to this device.
func (s *session) lend(ctx context.Context, g *gosnmp.GoSNMP, p patience) {
	g.Conn, g.Context, g.OnSent = s.conn, ctx, s.onSent
	g.Transport = s.remote.transport
	g.Timeout, g.Retries = p.timeout, p.tries-1
	g.MaxOids = maxVarbinds
	g.Version, g.Community = s.security.version, s.security.community
	g.MsgFlags, g.SecurityModel = s.security.flags, gosnmp.UserSecurityModel
	g.ContextName, g.ContextEngineID = s.security.context, s.security.contextEngine
	g.SecurityParameters = nil
	if usm := s.security.usm; usm != nil {
		g.SecurityParameters = usm
		s.tick(usm)
	}
}

// tick moves the device's engine time on by the time since it was told (RFC
// 3414, section 2.3): gosnmp does not, so that polls more than 150 s apart
// would each be refused first.
func (s *session) tick(usm *gosnmp.UsmSecurityParameters) {
	if usm.AuthoritativeEngineID == "" {
		return
	}
	passed := s.now().Sub(s.synced).Truncate(time.Second)
	if passed > 0 {
		usm.AuthoritativeEngineTime += uint32(passed / time.Second)
	}
}

// open makes the socket, if there is none.
func (s *session) open(ctx context.Context) error {
	if s.conn != nil {
		return nil
	}
	sec, err := readSecurity(s.remote.credential)
	if err != nil {
		return err
	}
	if sec.usm != nil {
		seed(sec)
	}
	socket, err := s.remote.dial(ctx, s.turn)
	if err != nil {
		return err
	}
	s.conn, s.security = &conn{Conn: socket}, sec
	return nil
}

// seed gives the privacy protocol a random salt, which gosnmp does only on the
// paths that also check the parameters; decoding nothing is the cheapest.
func seed(sec security) {
	g := &gosnmp.GoSNMP{
		Version: gosnmp.Version3, SecurityModel: gosnmp.UserSecurityModel,
		MsgFlags: sec.flags, SecurityParameters: sec.usm,
	}
	_, _ = g.SnmpDecodePacket(nil) // fails, as nothing is no packet
}

// dial opens a socket to the first address of the host that takes one. Over UDP
// every address does, so that after silence the next one's turn comes.
func (r remote) dial(ctx context.Context, turn int) (net.Conn, error) {
	addresses, err := r.addresses(ctx)
	if err != nil {
		return nil, err
	}
	for n := range addresses {
		a := addresses[(turn+n)%len(addresses)]
		var socket net.Conn
		if socket, err = r.dialAddress(ctx, net.JoinHostPort(a, r.port)); err == nil {
			return socket, nil
		}
	}
	if e := socketError(err, r.String()); e != nil {
		return nil, e
	}
	if isTimeout(err) {
		return nil, &Error{Reason: probes.ReasonTimeout, Detail: fmt.Sprintf("%s did not take the connection in time", r), cause: err}
	}
	return nil, asError(fmt.Errorf("open a socket to %s: %w", r, err))
}

func (r remote) dialAddress(ctx context.Context, address string) (net.Conn, error) {
	if !r.anySource {
		var d net.Dialer
		return d.DialContext(ctx, r.transport, address)
	}
	to, err := net.ResolveUDPAddr("udp", address)
	if err != nil {
		return nil, err
	}
	socket, err := net.ListenUDP("udp", nil)
	if err != nil {
		return nil, err
	}
	return roaming{socket, to}, nil
}

func (r remote) addresses(ctx context.Context) ([]string, error) {
	if _, err := netip.ParseAddr(r.host); err == nil {
		return []string{r.host}, nil
	}
	found, err := r.resolver.LookupHost(ctx, r.host)
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return nil, asError(ctx.Err())
	case probes.NoAddress(err):
		return nil, &Error{Reason: probes.ReasonResolve, Detail: fmt.Sprintf("the name %s does not exist or has no address", r.host), cause: err}
	case err != nil:
		return nil, &Error{
			Reason: probes.ReasonResolve, blind: true, cause: err,
			Detail: fmt.Sprintf("%s could not be looked up, the resolver gave no usable answer: %v", r.host, err),
		}
	case len(found) == 0:
		return nil, failf(probes.ReasonResolve, "resolve %s: the name has no address", r.host)
	}
	return found, nil
}
