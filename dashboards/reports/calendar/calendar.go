// Package calendar knows the working days and hours of an office.
package calendar

import (
	_ "embed"
	"fmt"
	"os"
	"sync"
	"time"

	"wanwatch/inventory"
)

// Calendar is when an office works.
type Calendar struct {
	Hours    Hours      `yaml:"working_hours" doc:"Hours of a working day."`
	Weekend  []string   `yaml:"weekend" enum:"mon|tue|wed|thu|fri|sat|sun" doc:"Days of the week on which nobody works; sat and sun if left out."`
	Holidays []*Holiday `yaml:"holidays" doc:"Days on which nobody works."`
	Workdays []*Holiday `yaml:"workdays" doc:"Days at weekends that are worked in place of others."`

	off, on map[string]bool // days, as 2026-02-17
}

// Hours are the hours of a working day, from the first to before the second.
type Hours struct {
	From int `yaml:"from" min:"0" max:"23" doc:"First hour; 7 if left out."`
	To   int `yaml:"to" min:"1" max:"24" doc:"Hour at which work ends; 18 if left out."`
}

// Holiday is a stretch of days.
type Holiday struct {
	Name string         `yaml:"name" doc:"What it is called."`
	From inventory.Date `yaml:"from,required" doc:"First day."`
	To   inventory.Date `yaml:"to" doc:"Last day; the first if left out."`
}

//go:embed vietnam.yaml
var vietnam []byte

// Vietnam returns the calendar in the program.
func Vietnam() *Calendar { return readVietnam() }

var readVietnam = sync.OnceValue(func() *Calendar {
	c, err := parse("vietnam.yaml", vietnam)
	if err != nil {
		panic(err) // the file is in the program
	}
	return c
})

// Read reads a calendar from a file; with an empty path, the one in the program.
func Read(path string) (*Calendar, error) {
	if path == "" {
		return Vietnam(), nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the calendar of holidays: %w", err)
	}
	return parse(path, data)
}

func parse(name string, data []byte) (*Calendar, error) {
	c := &Calendar{Hours: Hours{From: 7, To: 18}}
	if err := inventory.Decode(name, data, c); err != nil {
		return nil, fmt.Errorf("calendar of holidays %w", err)
	}
	if c.Hours.From >= c.Hours.To {
		return nil, fmt.Errorf("calendar of holidays %s: working_hours: from %d to %d is no time: write from: 7 and to: 18, say", name, c.Hours.From, c.Hours.To)
	}
	if c.Weekend == nil {
		c.Weekend = []string{"sat", "sun"}
	}
	c.off, c.on = days(c.Holidays), days(c.Workdays)
	return c, nil
}

const dayFormat = "2006-01-02"

// mostDays bounds a holiday.
const mostDays = 60

func days(list []*Holiday) map[string]bool {
	set := map[string]bool{}
	for _, h := range list {
		last := h.To.Time
		if last.IsZero() {
			last = h.From.Time
		}
		for d, n := h.From.Time, 0; !d.After(last) && n < mostDays; d, n = d.AddDate(0, 0, 1), n+1 {
			set[d.Format(dayFormat)] = true
		}
	}
	return set
}

// Workday reports whether people work on the day of a moment, by the moment's own clock.
func (c *Calendar) Workday(t time.Time) bool {
	day := t.Format(dayFormat)
	if c.off[day] {
		return false
	}
	if c.on[day] {
		return true
	}
	for _, w := range c.Weekend {
		if w == [...]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}[t.Weekday()] {
			return false
		}
	}
	return true
}

// Working reports whether people work at a moment, by the moment's own clock.
func (c *Calendar) Working(t time.Time) bool {
	return c.Workday(t) && t.Hour() >= c.Hours.From && t.Hour() < c.Hours.To
}
