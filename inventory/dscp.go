package inventory

import (
	"fmt"
	"strconv"
	"strings"
)

// DSCP is a differentiated-services code point from 0 to 63 (RFC 2474), written
// as a number or as one of the names of RFC 4594: CS0-CS7, AF11-AF43, EF, VA,
// DF, and LE of RFC 8622.
type DSCP uint8

// dscpNames are the code points by name: CS n is 8n (RFC 2474, section 4.2.2),
// AF xy is 8x+2y (RFC 2597, section 6), EF is 46 (RFC 3246, section 2.7), VA is
// 44 (RFC 5865, section 3), LE is 1 (RFC 8622, section 3).
func dscpNames() map[string]DSCP {
	names := map[string]DSCP{"EF": 46, "VA": 44, "LE": 1, "DF": 0}
	for class := range DSCP(8) {
		names[fmt.Sprintf("CS%d", class)] = 8 * class
	}
	for class := DSCP(1); class <= 4; class++ {
		for drop := DSCP(1); drop <= 3; drop++ {
			names[fmt.Sprintf("AF%d%d", class, drop)] = 8*class + 2*drop
		}
	}
	return names
}

// ParseDSCP reads a number from 0 to 63 or a name such as EF, in any case.
func ParseDSCP(text string) (DSCP, error) {
	if d, ok := dscpNames()[strings.ToUpper(text)]; ok {
		return d, nil
	}
	if n, err := strconv.ParseUint(text, 10, 64); err == nil && n < 64 && !leadingZero(text) {
		return DSCP(n), nil
	}
	return 0, fmt.Errorf("%s is no DSCP: write 0 to 63, CS0 to CS7, AF11 to AF43, EF, VA, LE or DF", quote(text))
}

// UnmarshalText reads what [ParseDSCP] reads.
func (d *DSCP) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDSCP(string(text))
	return err
}

// MarshalText returns what String returns.
func (d DSCP) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// String returns the name if the code point has one (CS0 for 0), or else the
// number.
func (d DSCP) String() string {
	switch {
	case d == 46:
		return "EF"
	case d == 44:
		return "VA"
	case d == 1:
		return "LE"
	case d%8 == 0 && d < 64:
		return fmt.Sprintf("CS%d", d/8)
	case d%2 == 0 && d/8 >= 1 && d/8 <= 4:
		return fmt.Sprintf("AF%d%d", d/8, d%8/2)
	default:
		return strconv.Itoa(int(d))
	}
}

// Format describes how a DSCP is written.
func (*DSCP) Format() Format {
	return Format{
		Name:     "a DSCP",
		Pattern:  `^([0-9]|[1-5][0-9]|6[0-3]|[Cc][Ss][0-7]|[Aa][Ff][1-4][1-3]|[Ee][Ff]|[Vv][Aa]|[Ll][Ee]|[Dd][Ff])$`,
		Doc:      "A differentiated-services code point: a number from 0 to 63, or CS0 to CS7, AF11 to AF43, EF, VA, LE or DF.",
		Examples: []string{"EF", "AF41", "34"},
		Number:   true,
	}
}

func leadingZero(text string) bool { return len(text) > 1 && text[0] == '0' }
