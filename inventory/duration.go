package inventory

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	day  = 24 * time.Hour
	week = 7 * day
)

// maxDuration is a century: more is a slip of the pen.
const maxDuration = 100 * 365 * day

var (
	durationText = regexp.MustCompile(`^(?:[0-9]+(?:\.[0-9]+)?(?:ns|us|µs|μs|ms|s|m|h|d|w))+$`)
	durationPart = regexp.MustCompile(`([0-9.]+)([a-zµμ]+)`)
)

// durationUnits are the units by name.
func durationUnit(name string) time.Duration {
	switch name {
	case "ns":
		return time.Nanosecond
	case "us", "µs", "μs":
		return time.Microsecond
	case "ms":
		return time.Millisecond
	case "s":
		return time.Second
	case "m":
		return time.Minute
	case "h":
		return time.Hour
	case "d":
		return day
	default:
		return week
	}
}

// ParseDuration reads a duration as Go writes them, and with d for 24 hours and
// w for seven days: 1s, 500ms, 1h30m, 45d.
func ParseDuration(text string) (time.Duration, error) {
	if text == "0" {
		return 0, nil
	}
	if !durationText.MatchString(text) {
		return 0, fmt.Errorf("%s is no duration: %s", quote(text), durationHint(text))
	}
	if d, err := time.ParseDuration(text); err == nil && d <= maxDuration {
		return d, nil
	}
	var total float64
	for _, m := range durationPart.FindAllStringSubmatch(text, -1) {
		n, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			return 0, fmt.Errorf("%s is no duration: %s", quote(text), durationHint(text))
		}
		total += math.Round(n * float64(durationUnit(m[2])))
	}
	if total > float64(maxDuration) {
		return 0, fmt.Errorf("%s is too long: a duration is at most 100 years", quote(text))
	}
	return time.Duration(total), nil
}

func durationHint(text string) string {
	switch {
	case strings.HasPrefix(text, "-"):
		return "it cannot be negative"
	case isDigits(text):
		return fmt.Sprintf("write it with a unit, such as %ss, %sm or %sh", text, text, text)
	}
	if fixed := strings.ReplaceAll(strings.ToLower(text), " ", ""); durationText.MatchString(fixed) {
		return "write " + fixed
	}
	return "write a number with ms, s, m, h or d, such as 30s"
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// FormatDuration writes a duration as ParseDuration reads it, without the zero
// parts that Go adds: 2h, not 2h0m0s; 45d, not 1080h.
func FormatDuration(d time.Duration) string {
	if d > 0 && d%day == 0 {
		return fmt.Sprintf("%dd", d/day)
	}
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

func durationFormat() Format {
	return Format{
		Name:     "a duration",
		Pattern:  `^(0|([0-9]+(\.[0-9]+)?(ns|us|µs|μs|ms|s|m|h|d|w))+)$`,
		Doc:      "A number with ms, s, m, h, d (24 hours) or w (seven days), or several of them.",
		Examples: []string{"30s", "500ms", "1h30m"},
	}
}

// Days is a whole number of calendar days.
type Days int

// ParseDays reads a number of days such as 45d, or of weeks such as 6w.
func ParseDays(text string) (Days, error) {
	number, unit := cutNumber(text)
	n, err := strconv.ParseUint(number, 10, 32)
	if err == nil && unit == "w" {
		n *= 7
	}
	switch {
	case err != nil || unit != "d" && unit != "w" || strings.Contains(text, " "):
		return 0, fmt.Errorf("%s is no number of days: write it with d, or with w for weeks, such as %s", quote(text), likelyDays(text))
	case n > 36500:
		return 0, fmt.Errorf("%s is too long: at most 36500d", quote(text))
	}
	return Days(n), nil
}

func likelyDays(text string) string {
	if isDigits(text) {
		return text + "d"
	}
	return "45d"
}

// UnmarshalText reads what [ParseDays] reads.
func (d *Days) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDays(string(text))
	return err
}

// MarshalText returns what String returns.
func (d Days) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// String returns the number with a d: 45d.
func (d Days) String() string { return strconv.Itoa(int(d)) + "d" }

// Format describes how Days are written.
func (*Days) Format() Format {
	return Format{
		Name:     "a number of days",
		Pattern:  `^[0-9]+[dw]$`,
		Doc:      "A whole number with d for days or w for weeks.",
		Examples: []string{"45d", "6w"},
	}
}
