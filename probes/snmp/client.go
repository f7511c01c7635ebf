package snmp

import (
	"context"
	"errors"
	"time"

	"github.com/gosnmp/gosnmp"

	"wanwatch/probes"
)

// How many objects are asked for at once. A varbind with a 64-bit counter of an
// interface takes about 19 bytes in a request and up to 28 in an answer.
const (
	// maxVarbinds lets ten interfaces be polled with two requests, each of
	// which fits an Ethernet frame; the answer may take two fragments.
	maxVarbinds = 72
	// safeVarbinds get through everywhere, unless the device is down: the
	// answer stays below 576 bytes.
	safeVarbinds = 18
	// lowRepetitions are the rows asked for where more went unanswered.
	lowRepetitions = 5
)

// client asks one device, in pieces that suit it. What it learns about the
// device it keeps.
type client struct {
	wire    wire
	retries int
	timeout time.Duration // of a try
	trace   *probes.Trace

	size        int // varbinds to a GET
	proven      int // largest GET answered since the last silence
	repetitions uint32
	noBulk      bool   // GETBULK fails on this device; GETNEXT does not
	lost        uint32 // rows asked for when answers to GETBULK began to stay away; 0: they come
	hasty       bool   // each request of a walk is tried once: what it reads can be done without

	back      bool // a walk came to an object with a smaller identifier than the one before
	truncated int  // answers cut short since the last call of takeTruncated
}

func newClient(w wire, c *Config, timeout time.Duration) *client {
	retries := c.retries()
	return &client{
		wire: w, retries: retries, size: maxVarbinds, repetitions: c.maxRepetitions(),
		// One try's time is left over for the requests that follow.
		timeout: max(timeout/time.Duration(retries+2), 50*time.Millisecond),
	}
}

func (c *client) takeTruncated() int {
	n := c.truncated
	c.truncated = 0
	return n
}

// full is the patience for a request that the device should be able to answer.
func (c *client) full() patience { return patience{tries: c.retries + 1, timeout: c.timeout} }

// errTooBig is the device's word that the answer would not fit a packet.
var errTooBig = errors.New("tooBig")

// get asks for objects and returns their values in the same order. It returns
// all of them or an error; an object that the device does not have is a value
// that is not present.
func (c *client) get(ctx context.Context, oids []string) ([]value, error) {
	values := make([]value, len(oids))
	before := c.size
	for first := 0; first < len(oids); {
		n := c.share(len(oids) - first)
		err := c.getSome(ctx, oids[first:first+n], values[first:first+n])
		switch {
		case err == nil:
			first += n
			c.proven = max(c.proven, n)
		case !c.shrink(ctx, n, err):
			if !errors.Is(err, errTooBig) {
				c.size = before // silence at every size says nothing about sizes
			}
			return nil, asError(err)
		}
	}
	return values, nil
}

// share returns how many of the objects that are left go into the next request,
// so that the requests are about equally long.
func (c *client) share(left int) int {
	requests := (left + c.size - 1) / c.size
	return (left + requests - 1) / requests
}

// shrink reports whether a request of n objects that failed is worth trying
// with fewer, and arranges for that.
func (c *client) shrink(ctx context.Context, n int, err error) bool {
	switch {
	case ctx.Err() != nil:
		return false
	case errors.Is(err, errTooBig) && n > 1:
		c.size = n / 2
	case isSilence(err) && n > safeVarbinds && n > c.proven:
		c.size = max(n/2, safeVarbinds)
	default:
		if isSilence(err) {
			c.proven = 0 // what got through before may not any more
		}
		return false
	}
	c.trace.Logf("no answer to %d objects at once (%v): going on with %d", n, err, c.size)
	return true
}

func isSilence(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Reason == probes.ReasonTimeout
}

// getSome asks with one request, and with one more for each object that the
// device does not know and names in SNMPv1's manner.
func (c *client) getSome(ctx context.Context, oids []string, values []value) error {
	asked, at := oids, make([]int, len(oids))
	for i := range at {
		at[i] = i
	}
	for len(asked) > 0 {
		answer, err := c.getOnce(ctx, asked)
		if err != nil {
			return err
		}
		switch index := int(answer.ErrorIndex); {
		case answer.Error == gosnmp.NoError:
			return c.match(asked, answer.Variables, func(i int, v value) { values[at[i]] = v })
		case answer.Error == gosnmp.TooBig:
			return &Error{Reason: probes.ReasonPartial, Detail: "the device's answer does not fit a packet (tooBig), even for one object", cause: errTooBig}
		case answer.Error == gosnmp.NoSuchName && index >= 1 && index <= len(asked):
			// Some agents answer version 2c as RFC 1157, section 4.1.2 has it.
			asked, at = without(asked, index-1), without(at, index-1)
		default:
			c.truncated++
			return failf(probes.ReasonPartial, "the device answered with the error %s%s", errorName(answer.Error), atObject(asked, index))
		}
	}
	return nil
}

func without[T any](list []T, i int) []T {
	kept := make([]T, 0, len(list)-1)
	return append(append(kept, list[:i]...), list[i+1:]...)
}

func (c *client) getOnce(ctx context.Context, oids []string) (*gosnmp.SnmpPacket, error) {
	p := c.full()
	if len(oids) > safeVarbinds && len(oids) > c.proven {
		p.tries = 1 // the size may be what keeps the answer away
	}
	c.trace.Logf("GET %d objects, %s to %s", len(oids), oids[0], oids[len(oids)-1])
	answer, err := c.wire.Get(ctx, oids, p)
	if err != nil {
		c.trace.Logf("GET: %v", err)
		return nil, err
	}
	c.trace.Logf("answer: %d objects, %s", len(answer.Variables), errorName(answer.Error))
	return answer, nil
}

// match hands each object's value to set, and fails if one is missing.
func (c *client) match(asked []string, got []gosnmp.SnmpPDU, set func(int, value)) error {
	missing, first := 0, ""
	for i, oid := range asked {
		if i < len(got) && got[i].Name == oid {
			set(i, newValue(got[i]))
			continue
		}
		if v, ok := find(got, oid); ok {
			set(i, newValue(v))
			continue
		}
		if missing++; missing == 1 {
			first = oid
		}
	}
	if missing > 0 {
		c.truncated++
		return failf(probes.ReasonPartial, "the device answered %d of the %d objects asked for; the first that is missing is %s", len(asked)-missing, len(asked), first)
	}
	return nil
}

func find(got []gosnmp.SnmpPDU, oid string) (gosnmp.SnmpPDU, bool) {
	for _, v := range got {
		if v.Name == oid {
			return v, true
		}
	}
	return gosnmp.SnmpPDU{}, false
}

// errorNames are the error-status words of RFC 3416, section 3.
var errorNames = []string{
	"noError", "tooBig", "noSuchName", "badValue", "readOnly", "genErr", "noAccess", "wrongType", "wrongLength",
	"wrongEncoding", "wrongValue", "noCreation", "inconsistentValue", "resourceUnavailable", "commitFailed",
	"undoFailed", "authorizationError", "notWritable", "inconsistentName",
}

func errorName(e gosnmp.SNMPError) string {
	if int(e) < len(errorNames) {
		return errorNames[e]
	}
	return "an error of unknown number"
}

func atObject(oids []string, index int) string {
	if index < 1 || index > len(oids) {
		return ""
	}
	return " at " + oids[index-1]
}
