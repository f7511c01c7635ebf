package snmp

import (
	"math"
	"strconv"
	"strings"

	"github.com/gosnmp/gosnmp"
)

// value is what a device answered for one object. The zero value: it has no
// such object. Devices do not always send the type that the MIB says, so each
// method takes what can be read without guessing.
type value struct {
	typ gosnmp.Asn1BER
	raw any
}

// newValue returns the value of a varbind.
func newValue(v gosnmp.SnmpPDU) value {
	if absent := v.Type == gosnmp.Null || isException(v) || v.Type == gosnmp.UnknownType; absent {
		return value{}
	}
	return value{v.Type, v.Value}
}

// isException reports whether a varbind says that there is no such object (RFC
// 3416, section 3).
func isException(v gosnmp.SnmpPDU) bool {
	return v.Type == gosnmp.NoSuchObject || v.Type == gosnmp.NoSuchInstance || v.Type == gosnmp.EndOfMibView
}

// present reports whether the device has the object.
func (v value) present() bool { return v.typ != gosnmp.UnknownType }

// number returns a whole number that is not negative: a counter, a gauge, ticks.
func (v value) number() (uint64, bool) {
	switch n := v.raw.(type) {
	case int:
		return uint64(max(n, 0)), n >= 0
	case uint:
		return uint64(n), true
	case uint32:
		return uint64(n), true
	case uint64:
		return n, true
	case float32:
		return whole(float64(n))
	case float64:
		return whole(n)
	case []byte:
		parsed, err := strconv.ParseUint(strings.Trim(string(n), " \t\r\n\x00"), 10, 64)
		return parsed, err == nil
	}
	return 0, false
}

func whole(f float64) (uint64, bool) {
	if f < 0 || f >= 1<<63 || f != math.Trunc(f) {
		return 0, false
	}
	return uint64(f), true
}

// integer returns a whole number such as an enumeration's.
func (v value) integer() (int64, bool) {
	if n, ok := v.raw.(int); ok {
		return int64(n), true
	}
	n, ok := v.number()
	return int64(n), ok && n <= math.MaxInt64
}

// text returns a text as UTF-8, each broken character replaced by U+FFFD.
func (v value) text() (string, bool) {
	switch s := v.raw.(type) {
	case []byte:
		return validUTF8(s), true
	case string:
		return strings.TrimPrefix(s, "."), true
	}
	if n, ok := v.integer(); ok {
		return strconv.FormatInt(n, 10), true
	}
	return "", false
}

// clean returns a text for a label: white space and NUL around it removed and
// within it joined, and at most 256 characters.
func (v value) clean() string {
	s, _ := v.text()
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }), " ")
	if r := []rune(s); len(r) > 256 {
		s = string(r[:255]) + "…"
	}
	return s
}
