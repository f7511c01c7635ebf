package probes

import "strings"

// maxPrintable is how much of a text of the other side is shown, in bytes.
const maxPrintable = 200

// Printable returns a text that came over the network, shortened and without what a
// terminal would obey, for details and traces.
func Printable(text string) string {
	if len(text) > maxPrintable {
		text = text[:maxPrintable]
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0xfffd || r >= 0x80 && r < 0xa0 {
			return '?'
		}
		return r
	}, text)
}
