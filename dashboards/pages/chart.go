package pages

import (
	"fmt"
	"math"
	"strings"
	"time"

	"wanwatch/dashboards/texts"
)

// The charts are drawn here, not by a library: what is wanted is a few lines over
// time as SVG text that follows the page's colours and sizes, and has words for who
// cannot see it.

// Sizes of a chart, in the units of its view box.
const (
	chartWidth  = 720
	chartHeight = 200
	chartLeft   = 70
	chartBottom = 24
	chartTop    = 8
	ticksUp     = 4
	ticksAcross = 6
)

// chart is some lines over time.
type chart struct {
	Title, Summary string
	Ticks          []tick // of the values
	Times          []tick
	Drawn          []line
	Width, Height  int

	unit  unit
	lines []line
}

// line is one series of a chart. Dashes tell lines apart for those who see no
// colours.
type line struct {
	Name, Path, Colour, Dash string
	points                   []Point
}

// tick is a mark on an axis.
type tick struct {
	At   float64
	Text string
}

// unit is how values are shown.
type unit struct {
	factor   float64
	suffix   string
	decimals int
}

var (
	milliseconds = unit{1000, "ms", 1}
	percent      = unit{100, "%", 1}
	megabits     = unit{8e-6, "Mbit/s", 1}
)

func (u unit) text(l texts.Language, v float64) string {
	return l.Number(v*u.factor, u.decimals) + " " + u.suffix
}

// palette are colours of Okabe and Ito for lines, beside those of the states.
var palette = [...]struct{ colour, dash string }{{"#0072B2", ""}, {"#CC79A7", "6 3"}, {"#8A8A8A", "2 3"}}

// draw makes paths and marks of the values.
func (c *chart) draw(f *frame, from, to time.Time) {
	low, high := math.Inf(1), 0.0
	for _, l := range c.lines {
		for _, p := range l.points {
			low, high = min(low, p.Value), max(high, p.Value)
		}
	}
	step := niceStep(high * c.unit.factor / ticksUp)
	top := max(step*ticksUp, step*math.Ceil(high*c.unit.factor/step)) / c.unit.factor
	c.Width, c.Height = chartWidth, chartHeight
	y := func(v float64) float64 { return chartTop + (chartHeight-chartBottom-chartTop)*(1-v/top) }
	x := func(t time.Time) float64 {
		return chartLeft + (chartWidth-chartLeft)*t.Sub(from).Seconds()/to.Sub(from).Seconds()
	}
	for v := 0.0; v <= top*c.unit.factor+step/2; v += step {
		c.Ticks = append(c.Ticks, tick{round(y(v / c.unit.factor)), f.Language.Number(v, decimalsOf(step)) + " " + c.unit.suffix})
	}
	format := "15:04"
	if to.Sub(from) > 24*time.Hour {
		format = "02/01"
	}
	for i := range ticksAcross {
		at := from.Add(to.Sub(from) * time.Duration(i) / ticksAcross)
		c.Times = append(c.Times, tick{round(x(at)), at.In(f.zone).Format(format)})
	}
	gap := 3 * to.Sub(from) / points
	for i, l := range c.lines {
		if len(l.points) == 0 {
			continue
		}
		l.Colour, l.Dash = palette[i].colour, palette[i].dash
		l.Path = path(l.points, x, y, gap)
		c.Drawn = append(c.Drawn, l)
	}
	last := c.lines[0].points[len(c.lines[0].points)-1].Value
	c.Summary = f.say(texts.PageChartSummary, c.Title, c.unit.text(f.Language, low), c.unit.text(f.Language, high), c.unit.text(f.Language, last))
}

// path joins points; where some are missing, the line is broken.
func path(list []Point, x func(time.Time) float64, y func(float64) float64, gap time.Duration) string {
	var b strings.Builder
	for i, p := range list {
		command := "L"
		if i == 0 || p.Time.Sub(list[i-1].Time) > gap {
			command = "M"
		}
		fmt.Fprintf(&b, "%s%.1f %.1f", command, x(p.Time), y(p.Value))
	}
	return b.String()
}

func round(v float64) float64 { return math.Round(v*10) / 10 }

// niceStep is the least of 1, 2 and 5 times a power of ten that is not below v.
func niceStep(v float64) float64 {
	if v <= 0 {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, f := range []float64{1, 2, 5} {
		if f*power >= v {
			return f * power
		}
	}
	return 10 * power
}

func decimalsOf(step float64) int { return max(0, int(-math.Floor(math.Log10(step)))) }
