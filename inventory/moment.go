package inventory

import (
	"fmt"
	"regexp"
	"time"
)

// momentText is a local time, with or without an offset from UTC.
var momentText = regexp.MustCompile(`^([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2})(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?$`)

// ParseTime reads a time such as 2026-12-01T08:00. Without an offset it is
// meant in the zone; a local time that the zone skips or has twice, because its
// clocks change, is an error that says how to write it.
func ParseTime(text string, zone *time.Location) (time.Time, error) {
	m := momentText.FindStringSubmatch(text)
	if m == nil {
		return time.Time{}, fmt.Errorf("%s is no time: %s", quote(text), timeHint(text))
	}
	date, clock, seconds, offset := m[1], m[2], m[3], m[4]
	if seconds == "" {
		seconds = ":00"
	}
	wall, err := time.Parse(time.DateTime, date+" "+clock+seconds)
	switch {
	case err != nil:
		return time.Time{}, fmt.Errorf("%s is no time: the calendar or the clock has no such moment", quote(text))
	case wall.Year() < firstYear || wall.Year() > lastYear:
		return time.Time{}, fmt.Errorf("%s is out of range: the year is from %d to %d", quote(text), firstYear, lastYear)
	case offset != "":
		t, err := time.Parse(time.RFC3339, date+"T"+clock+seconds+offset)
		if err != nil {
			return time.Time{}, fmt.Errorf("%s is no time: an offset is from -23:59 to +23:59", quote(text))
		}
		return t.In(zone), nil
	}
	l := localTime(wall, zone)
	switch {
	case l.skipped:
		return time.Time{}, fmt.Errorf("%s does not exist in %s, whose clocks are put forward over it: write %s if the later one is meant",
			quote(text), zone, l.time.Format(writtenTime))
	case l.repeated:
		return time.Time{}, fmt.Errorf("%s comes twice in %s, whose clocks are put back over it: write %s for the first or %s for the second",
			quote(text), zone, l.time.Format(writtenTime+"Z07:00"), l.second.Format(writtenTime+"Z07:00"))
	}
	return l.time, nil
}

const writtenTime = "2006-01-02T15:04"

func timeHint(text string) string {
	if isDate(text) {
		return "add the time of day, such as " + text + "T08:00"
	}
	return "write year-month-day, T and hour:minute, such as 2026-12-01T08:00"
}

// local is what a reading of the wall clock means in a time zone.
type local struct {
	time     time.Time // the first one, if there are two
	second   time.Time // the second one, if there are two
	skipped  bool      // the clocks are put forward over it; time is as RFC 5545 reads it
	repeated bool      // the clocks are put back over it
}

// localTime finds what a reading of the wall clock, given as a time in UTC,
// means in a zone. RFC 5545, section 3.3.5: one that does not exist is read
// with the offset before the gap, one that comes twice is the first.
func localTime(wall time.Time, zone *time.Location) local {
	before := offsetAt(wall.Add(-day), zone)
	after := offsetAt(wall.Add(day), zone)
	early, late := wall.Add(-before).In(zone), wall.Add(-after).In(zone)
	isEarly, isLate := reads(early, wall), reads(late, wall)
	switch {
	case before == after, isEarly && !isLate:
		return local{time: early}
	case isLate && !isEarly:
		return local{time: late}
	case isEarly && isLate:
		return local{time: early, second: late, repeated: true}
	default:
		return local{time: early, skipped: true}
	}
}

func offsetAt(t time.Time, zone *time.Location) time.Duration {
	_, seconds := t.In(zone).Zone()
	return time.Duration(seconds) * time.Second
}

func reads(t, wall time.Time) bool { return wallClock(t).Equal(wall) }

// wallClock returns what the clock on the wall shows, as a time in UTC.
func wallClock(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

func timeFormat() Format {
	return Format{
		Name:     "a time",
		Pattern:  `^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?$`,
		Doc:      "year-month-day, T (or a space), hour:minute, with or without seconds and an offset from UTC; without an offset in the inventory's time zone.",
		Examples: []string{"2026-12-01T08:00", "2026-12-01T08:00+07:00"},
	}
}

// ParseZone finds a time zone of the IANA database. The zone of the machine
// ("Local") is refused, since it is another one on each machine.
func ParseZone(text string) (*time.Location, error) {
	zone, err := time.LoadLocation(text)
	if err != nil || text == "Local" || text == "" {
		return nil, fmt.Errorf("%s is no time zone of the IANA database: write one such as Asia/Ho_Chi_Minh", quote(text))
	}
	return zone, nil
}

func zoneFormat() Format {
	return Format{
		Name:     "a time zone",
		Pattern:  `^[A-Za-z0-9_+/-]+$`,
		Doc:      "The name of a time zone in the IANA database.",
		Examples: []string{"Asia/Ho_Chi_Minh", "UTC"},
	}
}
