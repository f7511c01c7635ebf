package dial

import (
	"context"
	"errors"
	"time"

	"wanwatch/probes"
)

// maxDatagram is the largest payload of a UDP datagram (RFC 768).
const maxDatagram = 65507

// Resend is when a request over UDP that was not answered is sent again: after
// First, then after twice that, and so on, but no more than Most apart.
type Resend struct {
	First, Most time.Duration
}

// Answer is what came back over UDP.
type Answer struct {
	Data []byte
	// RTT is from the last sending of the request to the answer.
	RTT time.Duration
	// Sent is how many times the request was sent.
	Sent int
	// Foreign counts the datagrams before it that were not its answer.
	Foreign int
}

// Ask sends a request over UDP, again and again as resend says, until accept takes
// an answer; accept returns why it does not take a datagram, or "". The answer is
// filled as far as it went, whatever the error. Its data are valid until the next Ask.
func (c *Conn) Ask(ctx context.Context, request []byte, resend Resend, accept func([]byte) string, trace *probes.Trace) (Answer, error) {
	var a Answer
	buffer := make([]byte, maxDatagram)
	for pause := resend.First; ; pause = min(2*pause, resend.Most) {
		sent := time.Now()
		if _, err := c.Write(request); err != nil {
			return a, c.ioFailure(ctx, "sending", err)
		}
		a.Sent++
		c.waitUntil(ctx, sent.Add(pause))
		err := c.await(buffer, accept, &a, trace)
		if err == nil {
			a.RTT = time.Since(sent)
			return a, nil
		}
		if !isTimeout(err) || ctx.Err() != nil || c.expired(ctx) {
			return a, c.ioFailure(ctx, "waiting for the answer", err)
		}
		trace.Logf("no answer within %s, sending again", pause)
	}
}

// More waits for a further answer to what was asked, until the context's end.
func (c *Conn) More(ctx context.Context, accept func([]byte) string, a *Answer, trace *probes.Trace) error {
	deadline, _ := ctx.Deadline()
	c.waitUntil(ctx, deadline)
	if err := c.await(make([]byte, maxDatagram), accept, a, trace); err != nil {
		return c.ioFailure(ctx, "waiting for the answer", err)
	}
	return nil
}

// await reads datagrams until one is accepted.
func (c *Conn) await(buffer []byte, accept func([]byte) string, a *Answer, trace *probes.Trace) error {
	for {
		n, err := c.Read(buffer)
		if err != nil {
			return err
		}
		why := accept(buffer[:n])
		if why == "" {
			a.Data = buffer[:n]
			return nil
		}
		a.Foreign++
		trace.Logf("%d bytes from %s are no answer to this question: %s", n, c.Remote, why)
	}
}

// waitUntil lets reads end at a moment, or with the context if that is sooner.
func (c *Conn) waitUntil(ctx context.Context, at time.Time) {
	if deadline, ok := ctx.Deadline(); ok && deadline.Before(at) {
		at = deadline
	}
	_ = c.SetReadDeadline(at)
	// The context may have ended in between, and its deadline been overwritten.
	if ctx.Err() != nil {
		_ = c.SetReadDeadline(time.Unix(1, 0))
	}
}

// expired reports whether the context's deadline has come; its timer may be late.
func (c *Conn) expired(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	return errors.Is(ctx.Err(), context.DeadlineExceeded) || ok && !time.Now().Before(deadline)
}

// Send writes all of a request on a connection.
func (c *Conn) Send(ctx context.Context, request []byte) error {
	if _, err := c.Write(request); err != nil {
		return c.ioFailure(ctx, "sending", err)
	}
	return nil
}

// ReadFailure explains an error of a read on a connection.
func (c *Conn) ReadFailure(ctx context.Context, err error) error {
	return c.ioFailure(ctx, "waiting for the answer", err)
}
