package snmp

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/gosnmp/gosnmp"

	"wanwatch/probes"
)

// maxRows bounds the rows of a column. The largest access concentrators have
// about 100,000 interfaces.
const maxRows = 250_000

// errEnough ends a walk early, without an error.
var errEnough = errors.New("enough rows")

// walk visits the rows of a column, in the order in which the device tells
// them. It visits all of them or fails: an answer cut short, an error answer and
// a row told twice are errors. Anything outside the column ends it, also what
// lies before it: some devices begin anew after their last object. visit may
// return errEnough to end the walk.
//
// Rows whose index is not one number are passed over: no interface has such an
// index. So are those of which the device says, against RFC 3416, section 4.2.2,
// that it does not have them.
func (c *client) walk(ctx context.Context, column string, visit func(index uint32, v value) error) error {
	_, err := c.walkFrom(ctx, column, column, visit)
	return err
}

// walkFrom walks from behind an object of the column. It reports whether the
// walk was ended by the device's word that no object at all follows.
//
// Some devices tell rows out of order, against RFC 3416, section 4.2.2. Such
// rows are taken, for nothing is lost by it as long as none comes twice.
func (c *client) walkFrom(ctx context.Context, column, from string, visit func(index uint32, v value) error) (atEnd bool, err error) {
	w := walker{column: column, last: from, seen: map[uint32]bool{}, visit: visit}
	for {
		got, err := c.next(ctx, w.last)
		if err != nil {
			return false, asError(err)
		}
		if len(got) == 0 {
			return true, nil
		}
		for _, v := range got {
			if v.Type == gosnmp.EndOfMibView {
				return true, nil
			}
			c.back = c.back || !isException(v) && compareOIDs(v.Name, w.last) < 0
			if !strings.HasPrefix(v.Name, column+".") || isException(v) && compareOIDs(v.Name, w.last) <= 0 {
				return false, nil
			}
			switch err := w.take(v); {
			case errors.Is(err, errEnough):
				return false, nil
			case err != nil:
				c.truncated++
				return false, err
			}
		}
	}
}

// walker is a walk that is going on.
type walker struct {
	column string
	last   string // the object before
	rows   int
	seen   map[uint32]bool
	visit  func(index uint32, v value) error
}

// take visits a row, unless the walk does not come forward any more.
func (w *walker) take(v gosnmp.SnmpPDU) error {
	if w.rows++; w.rows > maxRows {
		return failf(probes.ReasonPartial, "the column %s has more than %d rows", w.column, maxRows)
	}
	n, err := strconv.ParseUint(strings.TrimPrefix(v.Name, w.column+"."), 10, 32)
	plain, index := err == nil, uint32(n)
	if plain && w.seen[index] || !plain && compareOIDs(v.Name, w.last) <= 0 {
		return failf(probes.ReasonProtocol, "the device's table goes round in a circle: %s comes again after %s", v.Name, w.last)
	}
	w.last = v.Name
	if !plain {
		return nil
	}
	w.seen[index] = true
	if isException(v) {
		return nil
	}
	return w.visit(index, newValue(v))
}

// next returns the objects after one, at least one of them, or none at the end
// of everything. It asks for fewer rows where more are refused or lost, and
// falls back to GETNEXT where GETBULK fails.
func (c *client) next(ctx context.Context, oid string) ([]gosnmp.SnmpPDU, error) {
	for {
		answer, err := c.nextOnce(ctx, oid)
		if isSilence(err) && !c.noBulk && ctx.Err() == nil {
			answer, err = c.nextAlone(ctx, oid)
		}
		switch {
		case err != nil:
			if isSilence(err) && ctx.Err() == nil {
				c.forgive()
			}
			return nil, err
		case answer.Error == gosnmp.NoSuchName:
			return nil, nil // the end, as RFC 1157, section 4.1.3 has it
		case answer.Error != gosnmp.NoError:
			if !c.fewer() {
				c.truncated++
				return nil, failf(probes.ReasonPartial, "the device answered with the error %s after %s: the rest of the table is missing", errorName(answer.Error), oid)
			}
		case len(answer.Variables) == 0:
			if !c.fewer() {
				c.truncated++
				return nil, failf(probes.ReasonPartial, "the device answered with nothing after %s: the rest of the table is missing", oid)
			}
		default:
			return answer.Variables, nil
		}
	}
}

// nextAlone asks for the one object after another, where the answer to GETBULK
// stayed away: that tells whether its size is to blame.
func (c *client) nextAlone(ctx context.Context, oid string) (*gosnmp.SnmpPacket, error) {
	c.noBulk = true
	answer, err := c.nextOnce(ctx, oid)
	c.noBulk = false
	if err == nil {
		c.lost = max(c.lost, c.repetitions)
		c.fewer()
	}
	return answer, err
}

// forgive goes back to the rows asked for before answers were lost: as the one
// object that follows does not come either, sizes were not to blame.
func (c *client) forgive() {
	if c.lost > 0 {
		c.repetitions, c.noBulk, c.lost = c.lost, false, 0
	}
}

// fewer arranges for the next request to ask for fewer rows, and reports
// whether that is possible.
func (c *client) fewer() bool {
	switch {
	case c.noBulk:
		return false
	case c.repetitions > 1:
		c.repetitions = max(1, min(c.repetitions/2, max(lowRepetitions, c.repetitions/4)))
		c.trace.Logf("asking for %d rows at once", c.repetitions)
	default:
		c.noBulk = true
		c.trace.Logf("asking for one row after the other (GETNEXT)")
	}
	return true
}

func (c *client) nextOnce(ctx context.Context, oid string) (*gosnmp.SnmpPacket, error) {
	p := c.full()
	if c.hasty {
		p.tries = 1
	}
	if c.noBulk {
		c.trace.Logf("GETNEXT after %s", oid)
		return c.wire.GetNext(ctx, oid, p)
	}
	switch {
	case c.lost > 0:
		p.tries = 1
	case c.repetitions > lowRepetitions:
		p.tries = min(p.tries, 2) // the size may be what keeps the answer away
	}
	c.trace.Logf("GETBULK %d rows after %s", c.repetitions, oid)
	return c.wire.GetBulk(ctx, oid, c.repetitions, p)
}

// compareOIDs compares two object identifiers, number by number: negative if a
// comes first (RFC 3416, section 4.2.2 orders them so).
func compareOIDs(a, b string) int {
	for a != "" && b != "" {
		var x, y string
		x, a, _ = strings.Cut(strings.TrimPrefix(a, "."), ".")
		y, b, _ = strings.Cut(strings.TrimPrefix(b, "."), ".")
		if len(x) != len(y) {
			return len(x) - len(y) // no leading zeros
		}
		if x != y {
			return strings.Compare(x, y)
		}
	}
	return len(a) - len(b)
}
