package inventory

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
	"golang.org/x/text/unicode/norm"
)

// maxComparisons bounds the search for near misses of one load, so that a file
// with thousands of unknown ids costs no more than a good one.
const maxComparisons = 100_000

// suggester finds the word that was probably meant.
type suggester struct{ left int }

// didYouMean returns ` (did you mean "x"?)`, or nothing. Candidates are in a
// fixed order, so that the answer is too.
func (s *suggester) didYouMean(word string, candidates []string) string {
	return didYouMean(s.nearest(word, candidates))
}

func didYouMean(near string) string {
	if near == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", near)
}

// Nearest returns the candidate that was probably meant by a word, or nothing if none
// is near.
func Nearest(word string, candidates []string) string {
	s := suggester{left: maxComparisons}
	return s.nearest(word, candidates)
}

// DidYouMean returns ` (did you mean "x"?)` with the candidate that was probably
// meant by a word, or nothing. It goes behind a message about an unknown word.
func DidYouMean(word string, candidates []string) string {
	return didYouMean(Nearest(word, candidates))
}

func (s *suggester) nearest(word string, candidates []string) string {
	folded := fold(word)
	length := utf8.RuneCountInString(folded)
	if length == 0 || length > 100 {
		return ""
	}
	best, bestDistance := "", slips(length)+1
	for _, c := range candidates {
		if diff := utf8.RuneCountInString(c) - length; diff > 3 || -diff > 3 {
			continue
		}
		if s.left--; s.left < 0 {
			return ""
		}
		if d := distance(folded, fold(c)); d < bestDistance {
			best, bestDistance = c, d
		}
		if bestDistance == 0 {
			break
		}
	}
	return best
}

// distance counts slips of the pen. Letters in the wrong order are one slip, and
// not the two or more that Levenshtein counts.
func distance(a, b string) int {
	d := levenshtein.ComputeDistance(a, b)
	if strings.HasPrefix(b, a) && len(b)-len(a) <= 2 {
		// Somebody stopped writing.
		return min(d, len(a)-1)
	}
	if d > 1 && len(a) == len(b) && len(a) > 2 && letters(a) == letters(b) {
		return 1
	}
	return d
}

func letters(s string) string {
	b := []byte(s)
	slices.Sort(b)
	return string(b)
}

// slips is how many slips of the pen a word of a length may have.
func slips(length int) int {
	switch {
	case length < 2:
		return 0
	case length < 4:
		return 1
	case length < 8:
		return 2
	default:
		return 3
	}
}

// fold takes away what is easily confused: case, diacritics, and the sign
// between words.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '_', ' ', '.':
			return '-'
		default:
			return unicode.ToLower(r)
		}
	}, plain(s))
}

// plain takes the diacritics away: "Hải Châu" becomes "Hai Chau".
func plain(s string) string {
	ascii := true
	for i := range len(s) {
		ascii = ascii && s[i] < utf8.RuneSelf
	}
	if ascii {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case r == 'đ':
			return 'd'
		case r == 'Đ':
			return 'D'
		default:
			return r
		}
	}, norm.NFD.String(s))
}
