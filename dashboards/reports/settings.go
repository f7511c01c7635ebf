package reports

import (
	"fmt"
	"slices"
	"time"

	"wanwatch/dashboards/reports/calendar"
	"wanwatch/dashboards/texts"
	"wanwatch/inventory"
)

// Settings are what is asked of a report, by flags or by the file of a schedule. The zero
// value asks for what most want.
type Settings struct {
	Language string `yaml:"language" enum:"vi|en" doc:"Language; that of the inventory if left out."`
	Calendar string `yaml:"calendar" doc:"File with working hours and holidays; those of Viet Nam if left out."`
	Prices   string `yaml:"prices" doc:"File with the price list of the providers."`
	Proposal string `yaml:"proposal" doc:"File with what a proposal says beside its figures: grounds, funds, who signs."`
	Months   int    `yaml:"months" min:"1" max:"120" doc:"Months for which a recommended bandwidth is to suffice; 12 if left out."`
	Mark     string `yaml:"mark" doc:"Classification that stands on each page."`
	Titles   bool   `yaml:"titles" doc:"Write the titles of meetings, and not only their ids."`
}

// DefaultMonths is for how long a recommended bandwidth is to suffice.
const DefaultMonths = 12

// Options reads the files that the settings name. Period, source and the moment of the
// report are left to the caller.
func (s *Settings) Options(inv *inventory.Inventory) (o Options, err error) {
	o = Options{
		Inventory: inv, CalendarName: s.Calendar, PricesName: s.Prices, Months: s.Months,
		Titles: s.Titles, Mark: s.Mark, Language: texts.Language(inv.Language),
	}
	if s.Language != "" {
		if o.Language = texts.Language(s.Language); !slices.Contains(texts.Languages(), o.Language) {
			return o, fmt.Errorf("language: %q is none of vi, en", s.Language)
		}
	}
	if o.Months == 0 {
		o.Months = DefaultMonths
	}
	if o.Months < 1 || o.Months > 120 {
		return o, fmt.Errorf("months: %d is not from 1 to 120", s.Months)
	}
	if o.Calendar, err = calendar.Read(s.Calendar); err != nil {
		return o, &FileError{"the calendar of holidays", err}
	}
	if o.Prices, err = ReadPrices(s.Prices, inv); err != nil {
		return o, &FileError{"the price list", err}
	}
	if o.Proposal, err = ReadProposal(s.Proposal); err != nil {
		return o, &FileError{"the file of the proposal", err}
	}
	return o, nil
}

// FileError is about a file that the settings name.
type FileError struct {
	What string
	error
}

func (e *FileError) Unwrap() error { return e.error }

// Between sets the period, of which a part that is still to come is left out.
func (o *Options) Between(from, to, now time.Time) error {
	if to.After(now) {
		to = now.In(o.Inventory.Timezone).Truncate(Step)
	}
	if !from.Before(to) {
		return fmt.Errorf("a period that begins on %s has not begun", from.Format(time.DateOnly))
	}
	o.From, o.To, o.Now = from, to, now
	return nil
}
