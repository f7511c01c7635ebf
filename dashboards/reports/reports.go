// Package reports makes the reports that procurement acts on. It reads a Prometheus API in
// bounded queries, has the arithmetic done elsewhere (capacity), and hands over documents
// that others write.
package reports

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"wanwatch/dashboards/reports/calendar"
	"wanwatch/dashboards/reports/document"
	"wanwatch/dashboards/reports/history"
	"wanwatch/dashboards/texts"
	"wanwatch/inventory"
)

// Source is where history is read: [history.API]. Several goroutines use it at a time.
type Source interface {
	// Range evaluates an expression at each step after from, up to to; weight is about
	// how many series come.
	Range(ctx context.Context, expr string, from, to time.Time, step time.Duration, weight int) ([]history.Series, error)
	// Samples are those stored under a name about some targets, the last one at each step.
	Samples(ctx context.Context, name string, targets []string, from, to time.Time, step time.Duration) ([]history.Series, error)
	// Stored are the same with the times at which they were stored, or at steps where the
	// server does not tell.
	Stored(ctx context.Context, name string, targets []string, from, to time.Time, step time.Duration) ([]history.Trace, error)
	// Queries is how many were made.
	Queries() int
}

// Options are what a report is made of.
type Options struct {
	Inventory *inventory.Inventory
	Source    Source
	Server    string // the source's name, for the reader
	// From and To are the first and after the last moment of the period.
	From, To time.Time
	Language texts.Language
	Calendar *calendar.Calendar
	// CalendarName and PricesName are the files, for the reader; empty: the one in the
	// program, and none.
	CalendarName, PricesName string
	Prices                   *Prices
	Proposal                 *Proposal // for a proposal; never nil
	// Months is how long a recommended bandwidth is to suffice.
	Months int
	// Meeting is the id of the only meeting to report on; empty: all. Titles lets their
	// titles be written, which may be secret.
	Meeting string
	Titles  bool
	// Mark is the classification on each page; empty: none.
	Mark string
	Now  time.Time
	// Progress, if set, is told how much is done.
	Progress func(done, all int)
}

// Kind is a kind of report.
type Kind struct {
	Name    string // as commands and schedules call it
	Compose func(context.Context, Options) (*document.Document, error)
	// Subjects is how many things of the inventory it is about; What they are.
	Subjects func(*Options) int
	What     string
}

// Kinds returns all, in the order in which people read them.
func Kinds() []Kind {
	targets := func(o *Options) int { return len(o.Inventory.Targets()) }
	return []Kind{
		{"capacity", Capacity, func(o *Options) int { return len(o.lines()) }, "lines with a bandwidth"},
		{"availability", Availability, targets, "targets"},
		{"equipment", Equipment, func(o *Options) int { return len(o.equipment()) }, "devices and no endpoints"},
		{"meeting", Meetings, func(o *Options) int { return len(o.Inventory.Meetings) }, "meetings"},
		{"proposal", Propose, targets, "targets"},
	}
}

// ByName finds a kind.
func ByName(name string) (Kind, bool) {
	i := slices.IndexFunc(Kinds(), func(k Kind) bool { return k.Name == name })
	if i < 0 {
		return Kind{}, false
	}
	return Kinds()[i], true
}

// Step is that of the samples.
const Step = 5 * time.Minute

func (o *Options) say(t texts.Text, args ...any) string { return o.Language.Say(t, args...) }

// document begins one.
func (o *Options) document(title texts.Text) *document.Document {
	zone := o.Inventory.Timezone
	return &document.Document{
		Language: o.Language, Organization: o.Inventory.Organization, Title: o.say(title),
		Subtitle: o.say(texts.ReportPeriod) + ": " + o.say(texts.ReportFromTo, o.Language.Date(o.From.In(zone)), o.Language.Date(o.To.In(zone).Add(-time.Second))),
		Mark:     o.Mark, Created: o.Now.In(zone),
	}
}

// sources say where the figures come from.
func (o *Options) sources(queries ...string) []document.Fact {
	zone := o.Inventory.Timezone
	fact := func(name texts.Text, text string) document.Fact { return document.Fact{Name: o.say(name), Text: text} }
	or := func(name string, other texts.Text) string {
		if name == "" {
			return o.say(other)
		}
		return name
	}
	list := []document.Fact{
		fact(texts.ReportPeriod, o.From.In(zone).Format(time.RFC3339)+" – "+o.To.In(zone).Format(time.RFC3339)),
		fact(texts.ReportServer, o.Server),
		fact(texts.ReportHash, o.Inventory.Hash),
		fact(texts.ReportHolidays, or(o.CalendarName, texts.ReportBuiltIn)),
		fact(texts.ReportPrices, or(o.PricesName, texts.ReportNone)),
	}
	for i, q := range queries {
		list = append(list, document.Fact{Name: o.say(texts.ReportQuery) + " " + strconv.Itoa(i+1), Text: q})
	}
	return append(list, fact(texts.ReportQueries, strconv.Itoa(o.Source.Queries())))
}

// LastMonth returns the last whole month before a moment, by its own clock.
func LastMonth(now time.Time) (from, to time.Time) {
	to = time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, now.Location())
	return to.AddDate(0, -1, 0), to
}

// ParsePeriod reads a month (2026-10), a year (2026) or two days (2026-10-01/2026-10-31),
// the last one included, by the clock of a zone.
func ParsePeriod(text string, zone *time.Location) (from, to time.Time, err error) {
	day := func(s string) (time.Time, error) { return time.ParseInLocation("2006-01-02", s, zone) }
	if t, err := time.ParseInLocation("2006-01", text, zone); err == nil {
		return t, t.AddDate(0, 1, 0), nil
	}
	if t, err := time.ParseInLocation("2006", text, zone); err == nil {
		return t, t.AddDate(1, 0, 0), nil
	}
	if len(text) == len("2026-10-01/2026-10-31") && text[10] == '/' {
		a, errA := day(text[:10])
		b, errB := day(text[11:])
		if errA == nil && errB == nil && !b.Before(a) {
			return a, b.AddDate(0, 0, 1), nil
		}
	}
	return from, to, fmt.Errorf("%q is no period: write a month (2026-10), a year (2026) or two days (2026-10-01/2026-10-31)", text)
}
