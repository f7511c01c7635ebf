package inventory

import (
	"fmt"
	"regexp"
	"time"
)

// Date is a calendar day, or a month, in the organization's time zone. The
// zero Date: not given.
type Date struct {
	Time  time.Time // midnight at the start of the day, or of the month's first day
	Month bool      // only year and month were written
}

// The years that a date may lie in: others are slips of the pen.
const (
	firstYear = 1970
	lastYear  = 2199
)

var dayFirst = regexp.MustCompile(`^([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})$`)

// ParseDate reads a day such as 2027-03-31 or a month such as 2027-03. The
// result is in UTC.
func ParseDate(text string) (Date, error) {
	t, err := time.Parse(time.DateOnly, text)
	month := false
	if err != nil && len(text) == len("2006-01") {
		t, err = time.Parse("2006-01", text)
		month = true
	}
	switch {
	case err != nil:
		return Date{}, fmt.Errorf("%s is no date: %s", quote(text), dateHint(text))
	case t.Year() < firstYear || t.Year() > lastYear:
		return Date{}, fmt.Errorf("%s is out of range: the year is from %d to %d", quote(text), firstYear, lastYear)
	}
	return Date{t, month}, nil
}

func dateHint(text string) string {
	if m := dayFirst.FindStringSubmatch(text); m != nil {
		if fixed := fmt.Sprintf("%s-%02s-%02s", m[3], m[2], m[1]); isDate(fixed) {
			return "write the year first, " + fixed
		}
	}
	if _, err := time.Parse("2006-1-2", text); err == nil {
		return "write month and day with two digits, such as 2027-03-01"
	}
	if len(text) == len(time.DateOnly) && text[4] == '-' && text[7] == '-' {
		return "the calendar has no such day"
	}
	return "write a day such as 2027-03-31, or a month such as 2027-03"
}

func isDate(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}

// UnmarshalText reads what [ParseDate] reads.
func (d *Date) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDate(string(text))
	return err
}

// MarshalText returns what String returns.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// IsZero reports whether no date was given.
func (d Date) IsZero() bool { return d.Time.IsZero() }

// String returns the date as it was written: 2027-03-31 or 2027-03.
func (d Date) String() string {
	switch {
	case d.IsZero():
		return ""
	case d.Month:
		return d.Time.Format("2006-01")
	default:
		return d.Time.Format(time.DateOnly)
	}
}

// End returns the first moment after the day or the month.
func (d Date) End() time.Time {
	if d.Month {
		return d.Time.AddDate(0, 1, 0)
	}
	return d.Time.AddDate(0, 0, 1)
}

// setZone moves the date to a time zone, keeping day and month.
func (d *Date) setZone(zone *time.Location) {
	y, m, day := d.Time.Date()
	d.Time = time.Date(y, m, day, 0, 0, 0, 0, zone)
}

// Format describes how a Date is written.
func (*Date) Format() Format {
	return Format{
		Name:     "a date",
		Pattern:  `^[0-9]{4}-[0-9]{2}(-[0-9]{2})?$`,
		Doc:      "A day as year-month-day, or a month as year-month, in the inventory's time zone.",
		Examples: []string{"2027-03-31", "2027-03"},
	}
}
