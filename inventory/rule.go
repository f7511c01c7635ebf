package inventory

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/teambition/rrule-go"
)

// The bounds of a rule: what lies beyond is a slip of the pen, or would keep
// the machine busy without end.
const (
	maxRule     = 500    // characters
	maxInterval = 1000   // INTERVAL
	maxCount    = 10_000 // COUNT
	maxDaily    = 96     // starts in a day: one each quarter of an hour
)

// rulePart is one part of a rule: RFC 5545, section 3.3.10.
type rulePart struct {
	name     string
	value    *regexp.Regexp // of one element of its list
	min, max int            // of its absolute value; 0 and 0: no number
	write    string         // for messages
}

var (
	unsigned = regexp.MustCompile(`^[0-9]{1,5}$`)
	signed   = regexp.MustCompile(`^[+-]?[0-9]{1,3}$`)
	weekday  = regexp.MustCompile(`^([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)$`)
)

// ruleParts are the parts that a rule may have; nothing changes them.
var ruleParts = []rulePart{
	{name: "FREQ", value: regexp.MustCompile(`^(HOURLY|DAILY|WEEKLY|MONTHLY|YEARLY)$`), write: "HOURLY, DAILY, WEEKLY, MONTHLY or YEARLY"},
	{name: "INTERVAL", value: unsigned, min: 1, max: maxInterval, write: "a number from 1 to 1000"},
	{name: "COUNT", value: unsigned, min: 1, max: maxCount, write: "a number from 1 to 10000"},
	{name: "UNTIL", value: regexp.MustCompile(`^[0-9]{8}(T[0-9]{6}Z?)?$`), write: "a day such as 20271231, or a time such as 20271231T235959"},
	{name: "BYMONTH", value: unsigned, min: 1, max: 12, write: "months from 1 to 12"},
	{name: "BYWEEKNO", value: signed, min: 1, max: 53, write: "weeks from 1 to 53, or from -1 to -53"},
	{name: "BYYEARDAY", value: signed, min: 1, max: 366, write: "days from 1 to 366, or from -1 to -366"},
	{name: "BYMONTHDAY", value: signed, min: 1, max: 31, write: "days from 1 to 31, or from -1 to -31"},
	{name: "BYDAY", value: weekday, write: "days such as MO,WE, or 1TU for the first Tuesday, or -1FR for the last Friday"},
	{name: "BYHOUR", value: unsigned, min: 0, max: 23, write: "hours from 0 to 23"},
	{name: "BYMINUTE", value: unsigned, min: 0, max: 59, write: "minutes from 0 to 59"},
	{name: "BYSECOND", value: unsigned, min: 0, max: 59, write: "seconds from 0 to 59"},
	{name: "BYSETPOS", value: signed, min: 1, max: 366, write: "numbers from 1 to 366, or from -1 to -366"},
	{name: "WKST", value: regexp.MustCompile(`^(MO|TU|WE|TH|FR|SA|SU)$`), write: "a day such as MO"},
}

// rule is a rule whose parts have been checked one by one.
type rule map[string][]string

// parseRule reads the text of a rule and checks all that does not depend on
// where it starts.
func parseRule(text string) (rule, error) {
	if len(text) > maxRule {
		return nil, fmt.Errorf("the rule is too long: at most %d characters", maxRule)
	}
	upper := strings.ToUpper(strings.TrimRight(text, " \r\n"))
	upper = strings.TrimSuffix(strings.TrimPrefix(upper, "RRULE:"), ";")
	r := rule{}
	for part := range strings.SplitSeq(upper, ";") {
		if err := r.add(part); err != nil {
			return nil, fmt.Errorf("%s is no rule of repetition: %w", quote(text), err)
		}
	}
	if err := r.check(); err != nil {
		return nil, fmt.Errorf("%s is no rule of repetition: %w", quote(text), err)
	}
	return r, nil
}

func (r rule) add(part string) error {
	name, value, ok := strings.Cut(part, "=")
	if !ok {
		return errors.New("write parts as NAME=VALUE with semicolons between them, such as FREQ=WEEKLY;BYDAY=MO,TH")
	}
	parts := ruleParts
	i := slices.IndexFunc(parts, func(p rulePart) bool { return p.name == name })
	switch {
	case name == "DTSTART":
		return errors.New("leave DTSTART out; it is in start")
	case i < 0:
		names := make([]string, len(parts))
		for i, p := range parts {
			names[i] = p.name
		}
		s := suggester{left: len(names)}
		return fmt.Errorf("it has no part %s%s", quote(name), s.didYouMean(name, names))
	case r[name] != nil:
		return fmt.Errorf("%s stands in it twice", name)
	}
	r[name] = strings.Split(value, ",")
	return parts[i].check(r[name])
}

func (p rulePart) check(values []string) error {
	single := !strings.HasPrefix(p.name, "BY")
	for _, v := range values {
		n, _ := strconv.Atoi(strings.TrimLeft(v, "+-"))
		bad := !p.value.MatchString(v) || p.max > 0 && (n < p.min || n > p.max)
		switch {
		case p.name == "FREQ" && (v == "SECONDLY" || v == "MINUTELY"):
			return fmt.Errorf("%s is too often; write FREQ=%s", v, p.write)
		case bad || single && len(values) > 1:
			return fmt.Errorf("%s takes %s", p.name, p.write)
		}
	}
	return nil
}

// check looks at how the parts go together (RFC 5545, section 3.3.10).
func (r rule) check() error {
	freq := ""
	if r["FREQ"] != nil {
		freq = r["FREQ"][0]
	}
	switch {
	case freq == "":
		return errors.New("FREQ is missing, such as FREQ=WEEKLY")
	case r["COUNT"] != nil && r["UNTIL"] != nil:
		return errors.New("COUNT and UNTIL cannot both be given")
	case r["BYWEEKNO"] != nil && freq != "YEARLY":
		return errors.New("BYWEEKNO goes with FREQ=YEARLY only")
	case r["BYYEARDAY"] != nil && freq != "YEARLY":
		return errors.New("BYYEARDAY goes with FREQ=YEARLY only")
	case r["BYMONTHDAY"] != nil && freq == "WEEKLY":
		return errors.New("BYMONTHDAY does not go with FREQ=WEEKLY")
	case r["BYHOUR"] != nil && freq == "HOURLY":
		return errors.New("BYHOUR does not go with FREQ=HOURLY: write FREQ=DAILY")
	case r["BYSETPOS"] != nil && len(r) == 2+r.has("INTERVAL")+r.has("COUNT")+r.has("UNTIL")+r.has("WKST"):
		return errors.New("BYSETPOS chooses among what another BY part lists: add one")
	case r.starts(freq) > maxDaily:
		return fmt.Errorf("it starts more than %d times a day", maxDaily)
	}
	return r.checkDays(freq)
}

func (r rule) has(name string) int {
	if r[name] != nil {
		return 1
	}
	return 0
}

// starts is how often the rule starts in a day at most.
func (r rule) starts(freq string) int {
	n := max(1, len(r["BYMINUTE"])) * max(1, len(r["BYSECOND"]))
	if freq == "HOURLY" {
		return n * 24
	}
	return n * max(1, len(r["BYHOUR"]))
}

// checkDays checks the numbers before days, such as 1TU.
func (r rule) checkDays(freq string) error {
	for _, v := range r["BYDAY"] {
		number := strings.TrimLeft(v[:len(v)-2], "+-")
		if number == "" {
			continue
		}
		n, _ := strconv.Atoi(number)
		most := 5
		if freq == "YEARLY" && r["BYMONTH"] == nil {
			most = 53
		}
		switch {
		case freq != "MONTHLY" && freq != "YEARLY":
			return fmt.Errorf("the number in BYDAY=%s goes with FREQ=MONTHLY and FREQ=YEARLY only", v)
		case r["BYWEEKNO"] != nil:
			return fmt.Errorf("the number in BYDAY=%s does not go with BYWEEKNO", v)
		case n < 1 || n > most:
			return fmt.Errorf("the number in BYDAY=%s is out of range: from 1 to %d, or from -1 to -%d", v, most, most)
		}
	}
	return nil
}

// option returns the rule for the library, whose times are readings of the wall
// clock written as UTC: so a weekly meeting stays at eight o'clock when the
// clocks change.
func (r rule) option(start time.Time, zone *time.Location) (rrule.ROption, error) {
	var parts []string
	for _, p := range ruleParts {
		if values := r[p.name]; values != nil && p.name != "UNTIL" {
			parts = append(parts, p.name+"="+strings.Join(values, ","))
		}
	}
	option, err := rrule.StrToROption(strings.Join(parts, ";"))
	if err != nil {
		return rrule.ROption{}, err
	}
	option.Dtstart = wallClock(start.In(zone))
	if until := r["UNTIL"]; until != nil {
		option.Until, err = parseUntil(until[0], zone)
		if err == nil && option.Until.Before(option.Dtstart) {
			err = fmt.Errorf("UNTIL=%s lies before the start", until[0])
		}
	}
	return *option, err
}

// parseUntil reads UNTIL as a reading of the wall clock. A day counts to its
// end: people mean the last day, not its first second.
func parseUntil(text string, zone *time.Location) (time.Time, error) {
	t, err := time.Parse("20060102", text)
	switch {
	case err == nil:
		t = t.Add(day - time.Second)
	case strings.HasSuffix(text, "Z"):
		if t, err = time.Parse("20060102T150405Z", text); err == nil {
			t = wallClock(t.In(zone))
		}
	default:
		t, err = time.Parse("20060102T150405", text)
	}
	if err != nil || t.Year() > lastYear {
		return time.Time{}, fmt.Errorf("UNTIL=%s is no day or time of the calendar up to the year %d", text, lastYear)
	}
	return t, nil
}
