package inventory

import (
	"strings"
	"time"

	"github.com/emersion/go-ical"
)

// zoneOf returns the zone of a TZID: an IANA name, one that the calendar itself
// defines, or one as Windows has it.
func zoneOf(id string, own map[string]*time.Location) (*time.Location, bool) {
	if zone, ok := own[id]; ok {
		return zone, true
	}
	// Some programs put a path before the name.
	for name := id; name != ""; {
		if zone, err := time.LoadLocation(name); err == nil && name != "Local" {
			return zone, true
		}
		_, after, found := strings.Cut(name, "/")
		if !found {
			break
		}
		name = after
	}
	name, ok := map[string]string{ // Unicode CLDR, windowsZones.xml; those near the first users
		"SE Asia Standard Time":   "Asia/Bangkok",
		"Singapore Standard Time": "Asia/Singapore",
		"China Standard Time":     "Asia/Shanghai",
		"Tokyo Standard Time":     "Asia/Tokyo",
		"UTC":                     "UTC",
		"GMT Standard Time":       "Europe/London",
	}[id]
	if !ok {
		return nil, false
	}
	zone, err := time.LoadLocation(name)
	return zone, err == nil
}

// zonesOf are the zones that a calendar defines and that never change their offset, by
// TZID. Others need an IANA name: their rules are not read.
func zonesOf(components []component) map[string]*time.Location {
	zones := map[string]*time.Location{}
	for _, c := range components {
		id := c.Props.Get(ical.PropTimezoneID)
		if c.Name != ical.CompTimezone || id == nil {
			continue
		}
		offsets := map[string]bool{}
		for _, part := range c.Children {
			if p := part.Props.Get(ical.PropTimezoneOffsetTo); p != nil {
				offsets[p.Value] = true
			}
		}
		if len(offsets) != 1 {
			continue
		}
		for offset := range offsets {
			layout := "-0700"
			if len(offset) == len("-070000") {
				layout = "-070000"
			}
			if t, err := time.Parse(layout, offset); err == nil {
				_, seconds := t.Zone()
				zones[id.Value] = time.FixedZone(id.Value, seconds)
			}
		}
	}
	return zones
}
