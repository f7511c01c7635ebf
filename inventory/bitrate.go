package inventory

import (
	"fmt"
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// BitRate is in bits per second, decimal (1 Mbps = 1,000,000). Zero: not given.
type BitRate uint64

// maxBitRate is 1,000 Tbps: more is a slip of the pen.
const maxBitRate = 1e15

// rateUnits are the units of a BitRate, largest first.
func rateUnits() []unit {
	return []unit{{"Tbps", 1e12}, {"Gbps", 1e9}, {"Mbps", 1e6}, {"kbps", 1e3}, {"bps", 1}}
}

var rateText = regexp.MustCompile(`^[0-9]+(\.[0-9]+)? ?(bps|[kK]bps|Mbps|Gbps|Tbps)$`)

type unit struct {
	name string
	size float64
}

// ParseBitRate reads a bandwidth such as 50Mbps or 1.5 Gbps.
func ParseBitRate(text string) (BitRate, error) {
	number, name := cutNumber(text)
	written := rateText.MatchString(text)
	if name == "Kbps" {
		name = "kbps"
	}
	for _, u := range rateUnits() {
		if u.name != name || !written {
			continue
		}
		n, err := strconv.ParseFloat(number, 64)
		if err != nil {
			break
		}
		// Rounded, because 0.3 * 1e6 is not a whole number in binary.
		bits := math.Round(n * u.size)
		if bits < 1 || bits > maxBitRate {
			return 0, fmt.Errorf("%s is out of range: a bandwidth is from 1bps to 1000Tbps", quote(text))
		}
		return BitRate(bits), nil
	}
	return 0, fmt.Errorf("%s is no bandwidth: write a number with bps, kbps, Mbps or Gbps, such as %s",
		quote(text), likelyRate(number, name))
}

// likelyRate guesses what was meant by a number with a wrong unit.
func likelyRate(number, name string) string {
	if decimals, ok := strings.CutPrefix(name, ","); ok {
		// The decimal comma.
		decimals, name = cutNumber(decimals)
		number += "." + decimals
	}
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || strings.HasPrefix(name, "e") || strings.HasPrefix(name, "E") {
		return "50Mbps"
	}
	// As it is written: .5 is 0.5, and 5. is 5.
	number = strconv.FormatFloat(n, 'f', -1, 64)
	if strings.HasSuffix(name, "Bps") || strings.HasSuffix(name, "B/s") {
		// A capital B is a byte.
		number = strconv.FormatFloat(8*n, 'f', -1, 64)
	}
	for _, u := range rateUnits() {
		if name != "" && strings.EqualFold(name[:1], u.name[:1]) && u.size > 1 {
			return number + u.name
		}
	}
	return number + "Mbps"
}

// cutNumber splits "50 Mbps" into "50" and "Mbps".
func cutNumber(text string) (number, rest string) {
	i := 0
	for i < len(text) && (text[i] >= '0' && text[i] <= '9' || text[i] == '.') {
		i++
	}
	return text[:i], strings.TrimLeft(text[i:], " ")
}

// UnmarshalText reads what [ParseBitRate] reads.
func (r *BitRate) UnmarshalText(text []byte) (err error) {
	*r, err = ParseBitRate(string(text))
	return err
}

// MarshalText returns what String returns.
func (r BitRate) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// String returns the rate in the largest unit that keeps it short: 50Mbps.
func (r BitRate) String() string {
	for _, u := range rateUnits() {
		if float64(r) >= u.size {
			return strconv.FormatFloat(float64(r)/u.size, 'f', -1, 64) + u.name
		}
	}
	return "0bps"
}

// Format describes how a BitRate is written.
func (*BitRate) Format() Format {
	return Format{
		Name:     "a bandwidth",
		Pattern:  rateText.String(),
		Doc:      "A number with bps, kbps, Mbps, Gbps or Tbps; decimal, so that 1Mbps is 1,000,000 bits per second.",
		Examples: []string{"50Mbps", "1.5Gbps", "512kbps"},
	}
}

// Bandwidth is the contracted bandwidth of a link or an uplink, seen from the
// site that it serves: Down is towards that site, Up is away from it.
type Bandwidth struct {
	Down BitRate `yaml:"down" doc:"Towards the site."`
	Up   BitRate `yaml:"up" doc:"Away from the site."`
}

func (b *Bandwidth) check(r *report) {
	if !r.given("down") && !r.given("up") {
		r.whole("the bandwidth is empty: write down, up or both, or one number for both")
	}
}

// IsZero reports whether no bandwidth was given.
func (b Bandwidth) IsZero() bool { return b == Bandwidth{} }

// String returns "50Mbps", or "50Mbps down, 20Mbps up".
func (b Bandwidth) String() string {
	if b.Down == b.Up {
		return b.Down.String()
	}
	return fmt.Sprintf("%s down, %s up", b.Down, b.Up)
}

// bandwidth reads both directions, or the short form: one number for both.
func (d *decoder) bandwidth(n *yaml.Node, v reflect.Value, f *field, at *place) {
	if n.Kind == yaml.MappingNode {
		d.structure(n, v, at)
		return
	}
	b := v.Addr().Interface().(*Bandwidth)
	d.scalar(n, reflect.ValueOf(&b.Down).Elem(), f, at)
	b.Up = b.Down
}
