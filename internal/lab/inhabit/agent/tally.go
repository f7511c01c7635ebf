package agent

import (
	"time"

	"wanwatch/internal/lab/traffic"
)

// tally is the octet counter of one direction. It wraps where uint64 does.
type tally struct {
	flow   *traffic.Flow
	mix    traffic.Mix
	from   uint64 // where it began
	offset uint64 // to be added to the flow's count; stopped: the counter itself
	runs   bool
}

func newTally(d Direction, t time.Time, runs bool) tally {
	c := tally{flow: d.Flow, mix: d.Mix, from: d.From, offset: d.From}
	c.run(runs, t)
	return c
}

func (c *tally) value(t time.Time) uint64 {
	if !c.runs {
		return c.offset
	}
	return c.offset + c.flow.Count(t)
}

// bytes returns how much was counted since the counter began.
func (c *tally) bytes(t time.Time) uint64 { return c.value(t) - c.from }

// run lets the counter go on or stand still.
func (c *tally) run(runs bool, t time.Time) {
	if c.flow == nil || runs == c.runs {
		return
	}
	if runs {
		c.offset -= c.flow.Count(t)
	} else {
		c.offset = c.value(t)
	}
	c.runs = runs
}

// reset lets the counter begin at 0.
func (c *tally) reset(t time.Time) {
	runs := c.runs
	c.run(false, t)
	c.from, c.offset = 0, 0
	c.run(runs, t)
}

func (c *tally) packets(t time.Time) uint64 { return c.mix.Packets(c.bytes(t)) }

func (c *tally) errors(t time.Time) uint64 { return c.mix.ErrorsIn(c.packets(t)) }

func (c *tally) discards(t time.Time) uint64 { return c.mix.DiscardsIn(c.packets(t)) }
