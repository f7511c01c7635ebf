// Package texts is the one catalogue of what office users read, in Vietnamese
// and in English: on pages, in dashboards, reports and alerts. It also holds the
// words, colours and signs of the five states.
//
// Each text stands once, with both languages side by side. A file holds the
// texts of one room. Terms are those of the glossary of Viet Nam's online
// conferences: điểm cầu for a conference point, đường truyền for a link.
package texts

import (
	"fmt"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// Language is a language that office users read.
type Language string

// The languages.
const (
	VI Language = "vi" // Vietnamese
	EN Language = "en" // English
)

// Languages returns all languages, that of the first users first.
func Languages() []Language { return []Language{VI, EN} }

// ParseLanguage returns the language of a tag such as "vi", "en-GB" or the value
// of a browser's Accept-Language header; ok is false if it names neither.
func ParseLanguage(tags string) (l Language, ok bool) {
	wanted, _, err := language.ParseAcceptLanguage(tags)
	if err != nil {
		return VI, false
	}
	for _, tag := range wanted {
		base, _ := tag.Base()
		for _, l := range Languages() {
			if base.String() == string(l) {
				return l, true
			}
		}
	}
	return VI, false
}

// Text is one text in each language. Its verbs are those of package fmt; numbers
// come out as the language writes them.
type Text struct{ VI, EN string }

// In returns the text in a language, without filling in anything.
func (t Text) In(l Language) string {
	if l == VI {
		return t.VI
	}
	return t.EN
}

// Say returns a text in the language, with args in the places of its verbs.
func (l Language) Say(t Text, args ...any) string {
	if len(args) == 0 {
		return t.In(l)
	}
	return l.printer().Sprintf(t.In(l), args...)
}

// Number writes a number with some decimals as the language does: 1.234,5 in
// Vietnamese, 1,234.5 in English.
func (l Language) Number(v float64, decimals int) string {
	return l.printer().Sprintf("%.*f", decimals, v)
}

// Date writes a day: 31/12/2026 in Vietnamese, 31 Dec 2026 in English.
func (l Language) Date(t time.Time) string {
	if l == VI {
		return t.Format("02/01/2006")
	}
	return t.Format("2 Jan 2006")
}

// Clock writes a time of day and the day: 14:05 31/12/2026 in Vietnamese, 31 Dec
// 2026 14:05 in English.
func (l Language) Clock(t time.Time) string {
	if l == VI {
		return fmt.Sprintf("%s %s", t.Format("15:04"), l.Date(t))
	}
	return fmt.Sprintf("%s %s", l.Date(t), t.Format("15:04"))
}

func (l Language) printer() *message.Printer {
	if l == VI {
		return message.NewPrinter(language.Vietnamese)
	}
	return message.NewPrinter(language.English)
}
