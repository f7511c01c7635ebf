package snmp

import (
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
)

// validUTF8 returns b as UTF-8. What is broken becomes U+FFFD, one for each
// longest beginning of a character, as the Unicode Standard (section 3.9)
// recommends and most software does: a name that a device cut within a
// character ends in one U+FFFD.
func validUTF8(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	valid, err := unicode.UTF8.NewDecoder().Bytes(b)
	if err != nil { // the decoder replaces, it does not fail
		return string([]rune(string(b)))
	}
	return string(valid)
}
