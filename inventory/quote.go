package inventory

import (
	"strconv"
	"strings"
)

// maxQuoted is how much of a value is repeated in a message.
const maxQuoted = 60

// quote repeats a value in a message: in quotes, on one line, cut if it is long.
func quote(s string) string {
	if runes := []rune(s); len(runes) > maxQuoted {
		s = string(runes[:maxQuoted]) + "…"
	}
	return strconv.Quote(s)
}

// orList joins words as "a, b or c".
func orList(words []string) string { return joinWords(words, " or ") }

// andList joins words as "a, b and c".
func andList(words []string) string { return joinWords(words, " and ") }

func joinWords(words []string, last string) string {
	switch len(words) {
	case 0:
		return ""
	case 1:
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + last + words[len(words)-1]
}
