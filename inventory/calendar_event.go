package inventory

import (
	"fmt"
	"strings"
	"time"

	"github.com/emersion/go-ical"
)

// event is what a calendar says of one meeting, or of one of its repetitions.
type event struct {
	component
	uid   string
	start time.Time
	zone  *time.Location
	// instead is the start that this event stands in for; zero: it is the meeting.
	instead time.Time
}

// propertyError is what is wrong with one property of an event.
type propertyError struct {
	property *ical.Prop
	error
}

func (b *propertyError) Error() string { return b.property.Name + ": " + b.error.Error() }

func wrong(p *ical.Prop, format string, args ...any) error {
	return &propertyError{p, fmt.Errorf(format, args...)}
}

// uidOf tells events apart. One without a UID, which old programs write, is known by
// when and where it is.
func uidOf(c component) string {
	if uid := valueOf(c, ical.PropUID); uid != "" {
		return uid
	}
	return "without a UID: " + valueOf(c, ical.PropDateTimeStart) + " " + valueOf(c, ical.PropLocation)
}

// event reads what matters of a component; nil if it is of whole days, or has no start.
func (c *calendar) event(x component) (*event, error) {
	start := x.Props.Get(ical.PropDateTimeStart)
	if start == nil || isDay(start) {
		return nil, nil
	}
	e := &event{component: x, uid: uidOf(x)}
	var err error
	if e.start, e.zone, err = c.moment(start); err != nil {
		return nil, err
	}
	if p := x.Props.Get(ical.PropRecurrenceID); p != nil {
		if e.instead, _, err = c.moment(p); err != nil {
			return nil, err
		}
	}
	return e, nil
}

func isDay(p *ical.Prop) bool {
	return strings.EqualFold(string(p.ValueType()), string(ical.ValueDate))
}

// moment reads a date with a time, in its own zone or in the inventory's.
func (c *calendar) moment(p *ical.Prop) (time.Time, *time.Location, error) {
	zone := c.inv.Timezone
	if strings.HasSuffix(p.Value, "Z") {
		zone = time.UTC
	} else if id := p.Params.Get(ical.ParamTimezoneID); id != "" {
		var ok bool
		if zone, ok = zoneOf(id, c.zones); !ok {
			return time.Time{}, nil, wrong(p, "the time zone %s is not known: write an IANA name such as Asia/Ho_Chi_Minh", quote(id))
		}
	}
	t, err := time.ParseInLocation("20060102T150405", strings.TrimSuffix(p.Value, "Z"), zone)
	if err != nil {
		return time.Time{}, nil, wrong(p, "%s is no moment such as 20261201T080000", quote(p.Value))
	}
	if t.Year() < firstYear || t.Year() > lastYear {
		return time.Time{}, nil, wrong(p, "%s is out of range: the year is from %d to %d", quote(p.Value), firstYear, lastYear)
	}
	return t, zone, nil
}

// length is how long an event takes, which its end or its duration says.
func (c *calendar) length(e event) (time.Duration, error) {
	if p := e.Props.Get(ical.PropDateTimeEnd); p != nil {
		end, _, err := c.moment(p)
		if err != nil {
			return 0, err
		}
		return end.Sub(e.start), nil
	}
	if p := e.Props.Get(ical.PropDuration); p != nil {
		d, err := p.Duration()
		if err != nil {
			return 0, wrong(p, "%s is no duration such as PT2H", quote(p.Value))
		}
		return d, nil
	}
	return time.Hour, nil
}

func cancelled(e event) bool {
	p := e.Props.Get(ical.PropStatus)
	return p != nil && strings.EqualFold(p.Value, "CANCELLED")
}
