package lab

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"wanwatch/internal/lab/plan"
	"wanwatch/internal/lab/truth"
	"wanwatch/internal/lab/wire"
)

// Lab is a running network.
type Lab struct {
	plan      *plan.Plan
	log       *truth.Log
	epoch     time.Time
	near, far *side
	forwarder *wire.Forwarder
	engine    *wire.Engine

	ended chan struct{} // closed when the forwarder has returned
	err   error         // its error, once ended is closed

	closing  sync.Once
	closeErr error
}

// Start starts the network of a plan. The plan's time begins now. The error
// wraps [ErrNotAllowed] where the kernel forbids it.
func Start(p *plan.Plan, o Options) (*Lab, error) {
	l := &Lab{plan: p.WithDefaults(), ended: make(chan struct{})}
	l.log = truth.NewLog(wire.PathIDs(l.plan), o.Entries)
	if err := l.start(o); err != nil {
		close(l.ended) // nothing runs
		err = errors.Join(err, l.Close())
		if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) || errors.Is(err, unix.ENOENT) {
			err = fmt.Errorf("%w: %w", ErrNotAllowed, err)
		}
		return nil, err
	}
	return l, nil
}

func (l *Lab) start(o Options) (err error) {
	if l.engine, err = wire.NewEngine(l.plan, l.log); err != nil {
		return err
	}
	if l.near, err = newSide(o.ProberHere, l.plan.MTU, proberRoutes(l.plan)); err != nil {
		return fmt.Errorf("the lab's prober side: %w", err)
	}
	if l.far, err = newSide(false, l.plan.MTU, farRoutes(l.plan)); err != nil {
		return fmt.Errorf("the lab's far side: %w", err)
	}
	l.epoch = time.Now()
	if l.forwarder, err = wire.NewForwarder(l.engine, l.log, l.near.device, l.far.device, l.epoch); err != nil {
		return err
	}
	go func() {
		defer close(l.ended)
		l.err = l.forwarder.Run()
	}()
	return nil
}

// Close stops the network and frees everything. It is safe to call twice.
func (l *Lab) Close() error {
	l.closing.Do(func() {
		var errs []error
		if l.forwarder != nil {
			errs = append(errs, l.forwarder.Stop())
			<-l.ended
			errs = append(errs, l.err, l.forwarder.Close())
		}
		for _, s := range []*side{l.near, l.far} {
			if s != nil {
				errs = append(errs, s.close())
			}
		}
		l.log.Close()
		l.closeErr = errors.Join(errs...)
	})
	return l.closeErr
}

// Done is closed when the network has ended: by Close, or by a failure of its
// own, which Close then returns.
func (l *Lab) Done() <-chan struct{} { return l.ended }

// Plan returns the plan with its defaults filled in.
func (l *Lab) Plan() *plan.Plan { return l.plan }

// Log returns the truth.
func (l *Lab) Log() *truth.Log { return l.log }

// Epoch is when the plan's and the log's time began.
func (l *Lab) Epoch() time.Time { return l.epoch }

// Prober runs f on a thread of the prober's side. See "Threads" in the
// package's comment.
func (l *Lab) Prober(f func() error) error { return l.near.do(f) }

// Far runs f on a thread of the far side.
func (l *Lab) Far(f func() error) error { return l.far.do(f) }

// Listen listens on an address of the far side, as net.Listen does.
func (l *Lab) Listen(ctx context.Context, network, address string) (listener net.Listener, err error) {
	err = l.Far(func() error {
		listener, err = new(net.ListenConfig).Listen(ctx, network, address)
		return err
	})
	return listener, err
}

// ListenPacket listens on an address of the far side, as net.ListenPacket does.
func (l *Lab) ListenPacket(ctx context.Context, network, address string) (conn net.PacketConn, err error) {
	err = l.Far(func() error {
		conn, err = new(net.ListenConfig).ListenPacket(ctx, network, address)
		return err
	})
	return conn, err
}

// Dial connects from the prober's side to an address, as net.Dial does. A name
// would be resolved outside the lab: give an IP address.
func (l *Lab) Dial(ctx context.Context, network, address string) (conn net.Conn, err error) {
	err = l.Prober(func() error {
		conn, err = new(net.Dialer).DialContext(ctx, network, address)
		return err
	})
	return conn, err
}

// Settle waits until no packet is on its way, and until none has come for the
// time quiet.
func (l *Lab) Settle(ctx context.Context, quiet time.Duration) error {
	tick := time.NewTicker(max(quiet/4, time.Millisecond))
	defer tick.Stop()
	last, since := uint64(0), time.Now()
	for {
		packets, inFlight := l.log.Len()
		if packets != last || inFlight > 0 {
			last, since = packets, time.Now()
		}
		if time.Since(since) >= quiet {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for the lab to settle, %d packets in flight: %w", inFlight, ctx.Err())
		case <-l.ended:
			return errors.New("waiting for the lab to settle: it has ended")
		case <-tick.C:
		}
	}
}

// Stats returns the lab's figures about itself.
func (l *Lab) Stats() (Stats, error) {
	s := Stats{
		Ignored: l.engine.Ignored(), Realtime: l.forwarder.Realtime(), Sleeps: l.forwarder.Sleeps(),
		Up: time.Since(l.epoch),
	}
	var errs [3]error
	s.CPU, errs[2] = l.forwarder.CPU()
	s.DroppedOut, errs[0] = l.near.drops()
	s.DroppedBack, errs[1] = l.far.drops()
	return s, errors.Join(errs[:]...)
}
