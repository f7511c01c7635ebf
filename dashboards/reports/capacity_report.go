package reports

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"wanwatch/dashboards/query"
	"wanwatch/dashboards/reports/capacity"
	"wanwatch/dashboards/reports/document"
	"wanwatch/dashboards/texts"
)

// Capacity makes the report on how full the lines are, when they will be, and what to order.
func Capacity(ctx context.Context, o Options) (*document.Document, error) {
	lines, err := o.readLines(ctx)
	if err != nil {
		return nil, err
	}
	d := o.document(texts.CapacityTitle)
	d.Sections = []document.Section{
		o.findings(lines),
		{Title: o.say(texts.CapacityUse), Table: o.use(lines)},
		{Title: o.say(texts.CapacityGrowth), Table: o.growth(lines)},
		{Title: o.say(texts.CapacityTerms), Texts: []string{
			o.say(texts.CapacityDefinition), o.say(texts.CapacityCoverageNote), o.say(texts.CapacityBusyNote),
			o.say(texts.CapacityTrendNote), o.say(texts.CapacityTierNote, o.Months), o.say(texts.CapacityCrowdedNote),
		}},
	}
	these := []string{"…"}
	d.Sources = o.sources(query.Selected(query.ThroughputKept5m, these), query.Selected(query.BandwidthKept1h, these), query.Selected(query.LossKept5m, these))
	return d, nil
}

// urgency is the order of findings, the most urgent first.
var urgency = []capacity.Advice{capacity.Now, capacity.Order, capacity.BadLine, capacity.Plan, capacity.Downgrade, capacity.NoData, capacity.Keep}

// findings are the summary, the fullest lines as bars, and what to do about each line.
func (o *Options) findings(lines []line) document.Section {
	return document.Section{
		Title: o.say(texts.CapacityVerdict),
		Texts: []string{o.countLines(lines)},
		Chart: o.fullest(lines),
		Table: o.verdicts(o.urgent(lines)),
	}
}

// countLines says how many lines there are of each finding.
func (o *Options) countLines(lines []line) string {
	count := map[capacity.Advice]int{}
	for i := range lines {
		count[lines[i].Advise()]++
	}
	return o.say(texts.CapacitySummary, len(lines), count[capacity.Now], count[capacity.Order], count[capacity.Plan],
		count[capacity.BadLine], count[capacity.Downgrade], count[capacity.Keep], count[capacity.NoData])
}

// urgent are the lines sorted by what is to be done about them, the fullest first.
func (o *Options) urgent(lines []line) []line {
	sorted := slices.Clone(lines)
	slices.SortStableFunc(sorted, func(a, b line) int {
		return cmp.Or(cmp.Compare(slices.Index(urgency, a.Advise()), slices.Index(urgency, b.Advise())), -cmp.Compare(share(&a), share(&b)))
	})
	return sorted
}

// share is the P95 of the fuller direction; NaN if it is not known.
func share(l *line) float64 { return math.Max(l.Down.P95Share, l.Up.P95Share) }

// most is how many lines the chart shows.
const most = 20

func (o *Options) fullest(lines []line) *document.Chart {
	c := &document.Chart{Title: o.say(texts.CapacityChart), Kind: document.Percent, Limits: []float64{capacity.Watch, capacity.Propose, capacity.Urgent}}
	known := slices.DeleteFunc(slices.Clone(lines), func(l line) bool { return math.IsNaN(share(&l)) })
	slices.SortStableFunc(known, func(a, b line) int { return -cmp.Compare(share(&a), share(&b)) })
	for _, l := range known[:min(most, len(known))] {
		c.Bars = append(c.Bars, document.Bar{Name: l.target.Name, Value: share(&l), Level: levelOf(share(&l))})
	}
	return c
}

func levelOf(share float64) document.Level {
	switch {
	case math.IsNaN(share):
		return document.Plain
	case share >= capacity.Propose:
		return document.Bad
	case share >= capacity.Watch:
		return document.Fair
	default:
		return document.Good
	}
}

func adviceLevel(a capacity.Advice) document.Level {
	switch a {
	case capacity.Now, capacity.Order, capacity.BadLine:
		return document.Bad
	case capacity.Plan:
		return document.Fair
	default:
		return document.Plain
	}
}

// bits is a rate in bytes a second as a cell in bits a second.
func bits(rate float64) document.Cell { return document.Number(rate * 8) }

// verdicts is a row for each line: what it is, how full, and what to do by when.
func (o *Options) verdicts(lines []line) *document.Table {
	currency := o.currency(lines)
	t := &document.Table{Name: o.say(texts.CapacityVerdict), Columns: []document.Column{
		{Title: o.say(texts.CapLine), Width: 28}, {Title: o.say(texts.CapSite), Width: 24}, {Title: o.say(texts.CapProvider), Width: 14},
		{Title: o.say(texts.CapContract), Kind: document.Rate, Width: 11}, {Title: o.say(texts.CapP95), Kind: document.Rate, Width: 12},
		{Title: o.say(texts.CapShare), Kind: document.Percent, Width: 10, Formula: &document.Formula{Of: 4, By: 3}},
		{Title: o.say(texts.CapAdvice), Width: 30}, {Title: o.say(texts.CapWanted), Kind: document.Rate, Width: 11},
		{Title: o.say(texts.CapCostNow, currency), Kind: document.Money, Width: 14}, {Title: o.say(texts.CapCost, currency), Kind: document.Money, Width: 14},
		{Title: o.say(texts.CapOrderBy), Kind: document.Day, Width: 14}, {Title: o.say(texts.CapEnds), Kind: document.Day, Width: 14},
	}}
	for i := range lines {
		t.Rows = append(t.Rows, o.verdict(&lines[i], currency))
	}
	return t
}

// currency is the one of the price list and the contracts; empty if there are several.
func (o *Options) currency(lines []line) string {
	found := ""
	for _, l := range lines {
		for _, c := range []string{l.currency, l.contractCurrency()} {
			switch {
			case c == "" || c == found:
			case found == "":
				found = c
			default:
				return ""
			}
		}
	}
	return found
}

func (l *line) contractCurrency() string {
	if l.contract == nil || l.contract.MonthlyCost == nil {
		return ""
	}
	return l.contract.MonthlyCost.Currency
}

// fuller is the direction whose share counts.
func (l *line) fuller() *capacity.Figures {
	if l.Up.P95Share > l.Down.P95Share {
		return &l.Up
	}
	return &l.Down
}

func (o *Options) verdict(l *line, currency string) []document.Cell {
	f, advice := l.fuller(), l.Advise()
	wanted, costNow, cost, orderBy, ends := document.Nothing(""), document.Nothing(""), document.Nothing(""), document.Nothing(""), document.Nothing("")
	money := func(amount float64, of string) document.Cell {
		if of != currency { // several currencies: each amount has its own
			return document.Nothing(o.Language.Number(amount, 0) + " " + of)
		}
		return document.Number(amount)
	}
	if l.contract != nil {
		ends = document.On(l.contract.Ends.Time)
		if m := l.contract.MonthlyCost; m != nil {
			costNow = money(m.Amount, m.Currency)
		}
	}
	if slices.Contains([]capacity.Advice{capacity.Now, capacity.Order, capacity.Plan, capacity.Downgrade}, advice) {
		if tier, ok := l.Recommended(); ok {
			wanted, cost = bits(tier.Bandwidth), money(tier.Monthly, l.currency)
		} else {
			wanted = bits(math.Ceil(l.Wanted()*8/1e6) * 1e6 / 8)
		}
	}
	if day, ok := l.OrderBy(o.To); ok && advice != capacity.Downgrade {
		if day.Before(o.Now) {
			day = o.Now
		}
		orderBy = document.On(day.In(o.Inventory.Timezone))
	}
	return []document.Cell{
		document.Text(l.target.Name), document.Text(o.site(l.target.Site)), document.Text(o.provider(l.target.Provider)),
		bits(f.Limit), bits(f.P95), document.Number(f.P95Share).At(levelOf(f.P95Share)),
		document.Text(o.say(texts.Advices()[string(advice)])).At(adviceLevel(advice)), wanted, costNow, cost, orderBy, ends,
	}
}

func (o *Options) provider(id string) string {
	if p := o.Inventory.Providers[id]; p != nil {
		return p.Name
	}
	return id
}

// direction is one of a line, with its name.
type direction struct {
	name string
	*capacity.Figures
}

func (o *Options) directions(l *line) []direction {
	return []direction{{o.say(texts.CapDown), &l.Down}, {o.say(texts.CapUp), &l.Up}}
}

// use is two rows for each line: how full each direction was.
func (o *Options) use(lines []line) *document.Table {
	over := func(percent int) string { return o.say(texts.CapOver, percent) }
	t := &document.Table{Name: o.say(texts.CapacityUse), Columns: []document.Column{
		{Title: o.say(texts.CapLine), Width: 28}, {Title: o.say(texts.CapDirection), Width: 12},
		{Title: o.say(texts.CapContract), Kind: document.Rate, Width: 11}, {Title: o.say(texts.CapP95), Kind: document.Rate, Width: 12},
		{Title: o.say(texts.CapShare), Kind: document.Percent, Width: 10},
		{Title: o.say(texts.CapLarger), Kind: document.Rate, Width: 14}, {Title: o.say(texts.CapMaximum), Kind: document.Rate, Width: 11},
		{Title: o.say(texts.CapBusy), Kind: document.Rate, Width: 12}, {Title: o.say(texts.CapBusyAt), Width: 9},
		{Title: o.say(texts.CapMeeting), Kind: document.Rate, Width: 12},
		{Title: over(70), Kind: document.Percent, Width: 8}, {Title: over(80), Kind: document.Percent, Width: 8}, {Title: over(90), Kind: document.Percent, Width: 8},
		{Title: o.say(texts.CapCoverage), Kind: document.Percent, Width: 9},
	}}
	for i := range lines {
		l := &lines[i]
		for _, f := range o.directions(l) {
			at := document.Nothing("")
			if f.BusyHourAt >= 0 {
				at = document.Text(fmt.Sprintf("%d–%d h", f.BusyHourAt, f.BusyHourAt+1))
			}
			coverage := document.Number(f.Coverage)
			if f.Coverage < capacity.LeastCoverage {
				coverage = coverage.At(document.Fair)
			}
			t.Rows = append(t.Rows, []document.Cell{
				document.Text(l.target.Name), document.Text(f.name), bits(f.Limit), bits(f.P95), document.Number(f.P95Share).At(levelOf(f.P95Share)),
				bits(l.larger), bits(f.Maximum), bits(f.BusyHour), at, bits(f.MeetingP95),
				document.Number(f.Over70), document.Number(f.Over80), document.Number(f.Over90), coverage,
			})
		}
	}
	return t
}

// growth is two rows for each line: its trend, when it is full, and how many calls fit.
func (o *Options) growth(lines []line) *document.Table {
	t := &document.Table{Name: o.say(texts.CapacityGrowth), Columns: []document.Column{
		{Title: o.say(texts.CapLine), Width: 28}, {Title: o.say(texts.CapDirection), Width: 12},
		{Title: o.say(texts.CapWeekly), Kind: document.Rate, Width: 14}, {Title: o.say(texts.CapInterval), Width: 20},
		{Title: o.say(texts.CapReach), Kind: document.Day, Width: 12}, {Title: o.say(texts.CapRange), Width: 26},
		{Title: o.say(texts.CapCalls), Kind: document.Count, Width: 10}, {Title: o.say(texts.CapCrowded), Kind: document.Length, Width: 13},
		{Title: o.say(texts.CapCrowdedLater, o.Months), Kind: document.Length, Width: 15}, {Title: o.say(texts.CapOrderBy), Kind: document.Day, Width: 12},
	}}
	for i := range lines {
		l := &lines[i]
		calls, orderBy := document.Nothing(""), document.Nothing("")
		if l.Call > 0 {
			calls = document.Number(l.Calls())
		}
		if day, ok := l.OrderBy(o.To); ok {
			orderBy = document.On(day.In(o.Inventory.Timezone))
		}
		for _, f := range o.directions(l) {
			weekly, interval, reach, span := o.forecast(f.Figures)
			t.Rows = append(t.Rows, []document.Cell{document.Text(l.target.Name), document.Text(f.name), weekly, interval, reach, span, calls, hours(l.crowded), hours(l.crowdedLater), orderBy})
		}
	}
	return t
}

// hours is a number of them as a stretch of time.
func hours(n float64) document.Cell { return document.Number(n * hour.Seconds()) }

// farAway is how far a date may lie ahead and still be told: ten years.
const farAway = 520 // weeks

// forecast is the trend of a direction in words.
func (o *Options) forecast(f *capacity.Figures) (weekly, interval, reach, span document.Cell) {
	reach, span = document.Nothing(""), document.Nothing("")
	if !f.Trend.Certain() {
		return document.Nothing(o.say(texts.CapNoTrend)), document.Nothing(""), reach, span
	}
	low, high := f.Trend.Low*8/1e6, f.Trend.High*8/1e6
	weekly = bits(f.Trend.Slope)
	interval = document.Text(o.Language.Number(low, 2) + " – " + o.Language.Number(high, 2))
	switch {
	case f.FullReach:
		reach = document.Nothing(o.say(texts.CapReached)).At(document.Bad)
	case f.Reaches && f.Reach.At <= farAway:
		reach = document.On(o.after(f.Reach.At))
		late := o.say(texts.CapLate, o.Language.Date(o.after(farAway)))
		if f.Reach.Late <= farAway {
			late = o.Language.Date(o.after(f.Reach.Late))
		}
		span = document.Text(o.Language.Date(o.after(f.Reach.Early)) + " – " + late)
	}
	return weekly, interval, reach, span
}

// after is the moment some weeks after the end of the period.
func (o *Options) after(weeks float64) time.Time {
	return o.To.Add(time.Duration(weeks * float64(7*24*time.Hour))).In(o.Inventory.Timezone)
}
