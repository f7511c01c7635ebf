package dial

import (
	"context"
	"errors"
	"time"

	"wanwatch/probes"
	"wanwatch/probes/metric"
)

// Answers to what is asked here have some hundred bytes. A longer one is read in
// full when it comes again: a buffer for the longest payload of UDP (RFC 768) for
// each question would be most of the work of a probe.
const (
	usualDatagram = 4 << 10
	maxDatagram   = 65507
)

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

// Samples returns what the exchange adds to its counters.
func (a Answer) Samples() []probes.Sample {
	var samples []probes.Sample
	if a.Sent > 1 {
		samples = append(samples, probes.Sample{Metric: metric.Resent, Value: float64(a.Sent - 1)})
	}
	if a.Foreign > 0 {
		samples = append(samples, probes.Sample{Metric: metric.Foreign, Value: float64(a.Foreign)})
	}
	return samples
}

// Series are the counters of questions over UDP, which exist from the start.
func Series(probes.Job) []probes.Sample {
	return []probes.Sample{{Metric: metric.Resent}, {Metric: metric.Foreign}}
}

// Ask sends a request over UDP, again and again as resend says, until accept takes
// a final answer; of what is no answer at all accept says why (foreign), and of one
// that announces another nothing. The answer is filled as far as it went, whatever
// the error.
func (c *Conn) Ask(ctx context.Context, request []byte, resend Resend, accept func([]byte) (final bool, foreign string), trace *probes.Trace) (Answer, error) {
	var a Answer
	buffer := make([]byte, usualDatagram)
	for pause := resend.First; ; pause = min(2*pause, resend.Most) {
		sent := time.Now()
		if _, err := c.Write(request); err != nil {
			return a, c.ioFailure(ctx, "sending", err)
		}
		a.Sent++
		c.WaitUntil(ctx, sent.Add(pause))
		err := c.await(&buffer, accept, &a, trace)
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

// await reads datagrams until one is accepted.
func (c *Conn) await(buffer *[]byte, accept func([]byte) (final bool, foreign string), a *Answer, trace *probes.Trace) error {
	for {
		n, err := c.Read(*buffer)
		if err != nil {
			return err
		}
		data := (*buffer)[:n]
		if n == len(*buffer) && n < maxDatagram {
			trace.Logf("an answer of %d bytes or more: wait for it to come again", n)
			*buffer = make([]byte, maxDatagram)
			continue
		}
		final, foreign := accept(data)
		if final {
			a.Data = data
			return nil
		}
		if foreign != "" {
			a.Foreign++
			trace.Logf("%d bytes from %s are no answer to this question: %s", n, c.Remote, foreign)
		}
	}
}

// WaitUntil lets reads end at a moment, or with the context if that is sooner.
func (c *Conn) WaitUntil(ctx context.Context, at time.Time) {
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

// WriteFailure explains an error of a write to a UDP socket.
func (c *Conn) WriteFailure(err error) error {
	return c.ioFailure(context.Background(), "sending", err)
}
