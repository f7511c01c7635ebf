package inventory

import "time"

// Meeting is an online conference.
type Meeting struct {
	ID        string        `yaml:"-"`
	Name      string        `yaml:"name" doc:"Title; never exported unless asked."`
	Start     time.Time     `yaml:"start,required" doc:"Start of the first one." example:"2026-12-01T08:00"`
	Duration  time.Duration `yaml:"duration,required" min:"1m" doc:"How long it takes." example:"2h"`
	Repeat    *Recurrence   `yaml:"repeat" doc:"RRULE of RFC 5545, section 3.3.10." example:"FREQ=MONTHLY;BYDAY=1TU"`
	Endpoints []string      `yaml:"endpoints,required" ref:"endpoints" doc:"Endpoints that take part."`
	Pos       Pos           `yaml:"-"`
}

// Maintenance is a period in which targets are excused.
type Maintenance struct {
	Targets   []string    `yaml:"targets" ref:"targets" doc:"Ids of links, uplinks, endpoints or devices."`
	Sites     []string    `yaml:"sites" ref:"sites" doc:"All targets of these sites, and the links that begin there."`
	Providers []string    `yaml:"providers" ref:"providers" doc:"All links and uplinks of these providers."`
	Start     time.Time   `yaml:"start,required" doc:"First moment."`
	End       time.Time   `yaml:"end,required" doc:"First moment after it."`
	Repeat    *Recurrence `yaml:"repeat" doc:"RRULE of RFC 5545, section 3.3.10, for a recurring period."`
	Reason    string      `yaml:"reason" doc:"Free text."`
	Pos       Pos         `yaml:"-"`
}

func (m *Meeting) check(r *report) {
	if m.Name == "" {
		m.Name = m.ID
	}
	r.repeats(m.Repeat, m.Start)
}

func (m *Maintenance) check(r *report) {
	if !r.given("targets") && !r.given("sites") && !r.given("providers") {
		r.whole("the maintenance is of nothing: write targets, sites or providers")
	}
	if !m.Start.IsZero() && !m.End.IsZero() && !m.End.After(m.Start) {
		r.problem("end", "it ends before it starts, at %s", m.Start.Format(writtenTime))
	}
	r.repeats(m.Repeat, m.Start)
}
