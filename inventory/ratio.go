package inventory

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Ratio is a share from 0 to 1, written with a percent sign.
type Ratio float64

var percentage = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?) ?%$`)

// ParseRatio reads a percentage such as 99.9%, from 0% to 100%.
func ParseRatio(text string) (Ratio, error) {
	m := percentage.FindStringSubmatch(text)
	if m == nil {
		return 0, fmt.Errorf("%s is no percentage: write a number with a percent sign, such as %s", quote(text), likelyPercentage(text))
	}
	// Shifted in decimal, since 99.9/100 is not the number nearest to 0.999.
	r, err := strconv.ParseFloat(m[1]+"e-2", 64)
	if err != nil || r > 1 {
		return 0, fmt.Errorf("%s is out of range: a percentage is from 0%% to 100%%", quote(text))
	}
	return Ratio(r), nil
}

// likelyPercentage mends the decimal comma and the missing sign.
func likelyPercentage(text string) string {
	fixed := strings.Replace(strings.TrimRight(text, "% "), ",", ".", 1)
	if share, err := strconv.ParseFloat(fixed, 64); err == nil && share > 0 && share <= 1 && !strings.Contains(text, "%") {
		return Ratio(share).String()
	}
	if percentage.MatchString(fixed + "%") {
		return fixed + "%"
	}
	return "99.9%"
}

// UnmarshalText reads what [ParseRatio] reads.
func (r *Ratio) UnmarshalText(text []byte) (err error) {
	*r, err = ParseRatio(string(text))
	return err
}

// MarshalText returns what String returns.
func (r Ratio) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// String returns the percentage: 99.9%.
func (r Ratio) String() string {
	percent, _ := strconv.ParseFloat(strconv.FormatFloat(float64(r)*100, 'g', 12, 64), 64)
	return strconv.FormatFloat(percent, 'f', -1, 64) + "%"
}

// Format describes how a Ratio is written.
func (*Ratio) Format() Format {
	return Format{
		Name:     "a percentage",
		Pattern:  `^[0-9]+(\.[0-9]+)? ?%$`,
		Doc:      "A number from 0 to 100 with a percent sign, and a dot before decimals.",
		Examples: []string{"99.9%", "0.5%"},
	}
}
