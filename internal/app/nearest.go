package app

import (
	"strings"

	"github.com/agnivade/levenshtein"
)

// Nearest returns the candidate that was probably meant by a word, or nothing
// if none is near.
func Nearest(word string, candidates []string) string {
	near, least := "", min(3, max(2, len(word)/3))+1
	for _, c := range candidates {
		if d := levenshtein.ComputeDistance(strings.ToLower(word), strings.ToLower(c)); d < least {
			near, least = c, d
		}
	}
	return near
}
