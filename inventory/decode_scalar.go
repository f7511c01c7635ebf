package inventory

import (
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// scalar reads a word or a number.
func (d *decoder) scalar(n *yaml.Node, v reflect.Value, f *field, at *place) {
	if !d.isWord(n, v.Type(), f, at) {
		return
	}
	if err := d.setScalar(n, v, f); err != nil {
		message := err.Error()
		if len(f.enum) > 0 {
			message += d.suggest.didYouMean(n.Value, f.enum)
		}
		d.problem(n, at, "%s", message)
		return
	}
	if v.Kind() == reflect.String {
		d.refer(v.String(), f, n, at)
	}
}

// isWord reports what stands where a word or a number should.
func (d *decoder) isWord(n *yaml.Node, t reflect.Type, f *field, at *place) bool {
	switch {
	case n.Kind != yaml.ScalarNode:
		d.problem(n, at, "%s is expected here, not %s", expected(t, f), nodeName(n))
		return false
	case isNull(n):
		d.problem(n, at, "a value is missing: write %s%s", expected(t, f), f.orLeaveOut(at))
		return false
	}
	return true
}

// orLeaveOut is advice for a key that is not required, and not for an element of
// a list.
func (f *field) orLeaveOut(at *place) string {
	if at != nil && at.key != "" && !f.required {
		return ", or leave the key out"
	}
	return ""
}

// expected says what is written for a field of a type.
func expected(t reflect.Type, f *field) string {
	switch {
	case f.host:
		return hostFormat().Name + " such as " + hostFormat().Examples[0]
	case f.section != "":
		return "the id of " + article(singular(f.section))
	}
	format, ok := formatOf(t)
	switch {
	case ok:
		return format.Name + " such as " + format.Examples[0]
	case t.Kind() == reflect.Bool:
		return "true or false"
	case isInt(t.Kind()):
		return "a whole number"
	case t.Kind() == reflect.Float64:
		return "a number"
	default:
		return "text"
	}
}

// formatOf returns the format of a type that is a scalar of its own.
func formatOf(t reflect.Type) (Format, bool) {
	switch {
	case t == typeTime:
		return timeFormat(), true
	case t == typeDuration:
		return durationFormat(), true
	case t == typeZone:
		return zoneFormat(), true
	case t == typeAddr:
		return addrFormat(), true
	case t == typePrefix:
		return prefixFormat(), true
	case isScalar(t):
		return reflect.New(t).Interface().(Scalar).Format(), true
	}
	return Format{}, false
}

func (d *decoder) setScalar(n *yaml.Node, v reflect.Value, f *field) error {
	t := v.Type()
	switch {
	case t == typeString:
		return setText(n, v, f)
	case t == typeTime:
		moment, err := ParseTime(n.Value, d.zone)
		v.Set(reflect.ValueOf(moment))
		return err
	case t == typeZone:
		zone, err := ParseZone(n.Value)
		v.Set(reflect.ValueOf(zone))
		return err
	case t == typeAddr:
		addr, err := parseAddr(n.Value)
		v.Set(reflect.ValueOf(addr))
		return err
	case t == typePrefix:
		prefix, err := parsePrefix(n.Value)
		v.Set(reflect.ValueOf(prefix))
		return err
	case t == typeDuration:
		length, err := ParseDuration(n.Value)
		if isDigits(n.Value) && length == 0 && err != nil {
			return fmt.Errorf("%s is no duration: write it with a unit, such as %s", quote(n.Value), orList(f.withUnits(n.Value)))
		}
		v.SetInt(int64(length))
		return firstError(err, f.inRange(float64(length), n.Value))
	case d.model.shapeOf(t) == shapeOwn:
		return d.setOwn(n, v)
	case t.Kind() == reflect.Bool:
		return setBool(n, v)
	case t.Kind() == reflect.Float64:
		return setFloat(n, v, f)
	case isInt(t.Kind()):
		return setInt(n, v, f)
	default:
		return setText(n, v, f)
	}
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// setOwn reads a type that reads itself.
func (d *decoder) setOwn(n *yaml.Node, v reflect.Value) error {
	err := v.Addr().Interface().(Scalar).UnmarshalText([]byte(n.Value))
	if date, ok := reflect.TypeAssert[*Date](v.Addr()); ok && err == nil {
		date.setZone(d.zone)
	}
	return err
}

func setBool(n *yaml.Node, v reflect.Value) error {
	switch {
	case n.Tag == "!!bool":
		v.SetBool(strings.EqualFold(n.Value, "true"))
		return nil
	case strings.EqualFold(n.Value, "true"), strings.EqualFold(n.Value, "false"):
		return fmt.Errorf("%s is text: write it without quotes", quote(n.Value))
	case strings.EqualFold(n.Value, "yes"), strings.EqualFold(n.Value, "on"), strings.EqualFold(n.Value, "y"):
		return fmt.Errorf("%s is text here: write true", quote(n.Value))
	case strings.EqualFold(n.Value, "no"), strings.EqualFold(n.Value, "off"), strings.EqualFold(n.Value, "n"):
		return fmt.Errorf("%s is text here: write false", quote(n.Value))
	default:
		return fmt.Errorf("%s is neither true nor false", quote(n.Value))
	}
}

var decimal = regexp.MustCompile(`^[+-]?([0-9]+)(\.[0-9]*)?([eE][+-]?[0-9]+)?$`)

// number reads a decimal number. Octal, hexadecimal and grouped numbers, which
// YAML has, are refused: whoever writes 010 seldom means eight.
func number(n *yaml.Node) (float64, error) {
	m := decimal.FindStringSubmatch(n.Value)
	switch {
	case n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 && m != nil:
		return 0, fmt.Errorf("%s is text: write the number without quotes", quote(n.Value))
	case m != nil && leadingZero(m[1]):
		return 0, fmt.Errorf("%s has a leading zero: write the number without it", quote(n.Value))
	case m == nil || n.Tag != "!!int" && n.Tag != "!!float":
		return 0, fmt.Errorf("%s is no number: write digits, with a dot before decimals", quote(n.Value))
	}
	x, err := strconv.ParseFloat(n.Value, 64)
	if err != nil {
		return 0, fmt.Errorf("%s is out of range", quote(n.Value))
	}
	return x, nil
}

func setFloat(n *yaml.Node, v reflect.Value, f *field) error {
	x, err := number(n)
	v.SetFloat(x)
	return firstError(err, f.inRange(x, n.Value))
}

func setInt(n *yaml.Node, v reflect.Value, f *field) error {
	x, err := number(n)
	switch {
	case err != nil:
		return err
	case x != math.Trunc(x):
		return fmt.Errorf("%s is no whole number", quote(n.Value))
	case f.inRange(x, n.Value) != nil:
		return f.inRange(x, n.Value)
	case math.Abs(x) > 1<<53:
		return fmt.Errorf("%s is out of range", quote(n.Value))
	case v.CanInt() && !v.OverflowInt(int64(x)):
		v.SetInt(int64(x))
		return nil
	case v.CanUint() && x >= 0 && !v.OverflowUint(uint64(x)):
		v.SetUint(uint64(x))
		return nil
	}
	return fmt.Errorf("%s is out of range", quote(n.Value))
}

// withUnits returns what may be meant by a duration without a unit: milliseconds
// where those are usual, and nothing that the field does not take.
func (f *field) withUnits(number string) []string {
	units := []string{"s", "m", "h"}
	switch {
	case strings.HasSuffix(f.example, "ms"):
		units = []string{"ms"}
	case f.max != nil && f.max.value <= float64(time.Minute):
		units = []string{"ms", "s"}
	}
	var fit []string
	for _, u := range units {
		d, err := ParseDuration(number + u)
		if err == nil && f.inRange(float64(d), "") == nil {
			fit = append(fit, number+u)
		}
	}
	if len(fit) == 0 {
		return []string{number + units[0]}
	}
	return fit
}

// inRange checks a value against the bounds of its field.
func (f *field) inRange(x float64, text string) error {
	switch {
	case f.min != nil && f.max != nil && (x < f.min.value || x > f.max.value):
		return fmt.Errorf("%s is out of range: from %s to %s", text, f.min, f.max)
	case f.min != nil && x < f.min.value:
		return fmt.Errorf("%s is too small: at least %s", text, f.min)
	case f.max != nil && x > f.max.value:
		return fmt.Errorf("%s is too large: at most %s", text, f.max)
	}
	return nil
}

// setText reads text. A number is taken as it is written, so that a telephone
// number keeps its zeros.
func setText(n *yaml.Node, v reflect.Value, f *field) error {
	text := n.Value
	switch {
	case n.Tag == "!!bool" && len(f.enum) == 0 && !f.host:
		return fmt.Errorf("%s is no text here: put it in quotes if it is meant as a word", quote(text))
	case len(f.enum) > 0 && !slices.Contains(f.enum, text):
		return fmt.Errorf("%s is none of %s", quote(text), orList(f.enum))
	case text == "" && (f.required || f.section != "" || f.host):
		return fmt.Errorf("the text is empty")
	case f.host:
		host, err := ParseHost(text)
		v.SetString(host)
		return firstError(err, wordAsHost(n), numberAsHost(n))
	}
	v.SetString(text)
	return nil
}

// quietText reads text that stands beside secrets, of which no message repeats
// anything.
func (d *decoder) quietText(n *yaml.Node, v reflect.Value, f *field, at *place) {
	alias := n
	n = d.follow(alias, at)
	if n == nil {
		return
	}
	defer d.leave(alias)
	switch {
	case badTag(n) || n.Kind != yaml.ScalarNode || n.Tag == "!!bool":
		d.problem(n, at, "text is expected here, not %s", nodeName(n))
	case isNull(n), n.Value == "":
		d.problem(n, at, "a value is missing: write one, or leave the key out")
	case len(f.enum) > 0 && !slices.Contains(f.enum, n.Value):
		d.problem(n, at, "the value is none of %s%s", orList(f.enum), d.suggest.didYouMean(n.Value, f.enum))
	default:
		v.SetString(n.Value)
	}
}

// interval checks the pace of a probe.
func interval(d time.Duration) error {
	const least, most = 100 * time.Millisecond, day
	if d < least || d > most {
		return fmt.Errorf("%s is out of range: an interval is from %s to %s", FormatDuration(d), FormatDuration(least), FormatDuration(most))
	}
	return nil
}
