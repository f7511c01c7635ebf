package reports

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"wanwatch/dashboards/query"
	"wanwatch/dashboards/reports/availability"
	"wanwatch/dashboards/reports/capacity"
	"wanwatch/dashboards/reports/document"
	"wanwatch/dashboards/reports/equipment"
	"wanwatch/dashboards/texts"
)

// evidence is what a proposal rests on.
type evidence struct {
	lines     []line
	watched   []watched
	faults    []availability.Fault
	equipment []apparatus
	items     []item
}

// Propose gathers what the other reports say into the shape of a tờ trình: grounds, present
// state, need, list, estimate, schedule; and the form of central purchasing (Mẫu
// 03/TSC-MSTT of Decree 151/2017/NĐ-CP) with its ten columns.
func Propose(ctx context.Context, o Options) (*document.Document, error) {
	var e evidence
	var err error
	if e.lines, err = o.readLines(ctx); err != nil {
		return nil, err
	}
	if e.watched, err = o.readStates(ctx); err != nil {
		return nil, err
	}
	if e.equipment, err = o.readEquipment(ctx); err != nil {
		return nil, err
	}
	e.faults = o.faults(e.watched)
	e.items = o.items(e.lines, e.equipment)
	p := o.Proposal
	d := o.document(texts.ProposalTitle)
	d.Letter = o.letter()
	d.Form = o.form(e.items)
	d.Sections = []document.Section{
		{Title: o.say(texts.ProposalGrounds), Texts: orBlank(p.Grounds)},
		{Title: o.say(texts.ProposalPresent), Texts: append(slices.Clone(p.Present), o.present(&e)...), Table: o.presentTable(e.lines)},
		{Title: o.say(texts.ProposalNeed), Texts: append(slices.Clone(p.Need), o.need(&e)...), Table: o.needTable(e.items)},
		{Title: o.say(texts.ProposalList), Table: d.Form},
		{Title: o.say(texts.ProposalEstimate), Texts: []string{o.say(texts.ProposalEstimateNote, budgetMonths)}, Table: o.estimate(e.items)},
		{Title: o.say(texts.ProposalSavings), Texts: []string{o.say(texts.ProposalSavingsNote)}, Table: o.savings(e.lines)},
		{Title: o.say(texts.ProposalSchedule), Table: o.timetable(e.items)},
		{Title: o.say(texts.ProposalRequests), Texts: orBlank(p.Requests)},
	}
	d.Sections = slices.DeleteFunc(d.Sections, func(s document.Section) bool {
		return s.Table != nil && len(s.Table.Rows) == 0 && s.Title == o.say(texts.ProposalSavings)
	})
	for i := range d.Sections {
		d.Sections[i].Title = strconv.Itoa(i+1) + ". " + d.Sections[i].Title
	}
	these := []string{"…"}
	d.Sources = o.sources(query.Selected(query.ThroughputKept5m, these), query.Selected(query.BandwidthKept1h, these), query.Selected(query.LossKept5m, these),
		query.Selected(query.Seconds5m, these), query.Selected(query.TargetState, these), query.ReportDevices(these, o.To.Sub(o.From)), query.ReportReboots(these, o.To.Sub(o.From)))
	return d, nil
}

// blank is where a hand is to write.
const blank = "…………………………………………………………"

func orBlank(list []string) []string {
	if len(list) == 0 {
		return []string{blank}
	}
	return list
}

func (o *Options) letter() *document.Letter {
	p := o.Proposal
	l := &document.Letter{Left: p.Left, Right: p.Right, To: orBlank(p.To), About: p.About, Recipients: p.Recipients, Sign: p.Sign}
	if len(l.Left) == 0 {
		l.Left = []string{o.Inventory.Organization}
	}
	at := o.Now.In(o.Inventory.Timezone)
	l.Place = o.say(texts.ProposalDay, at.Day(), int(at.Month()), strconv.Itoa(at.Year()))
	if p.Place != "" {
		l.Place = p.Place + ", " + l.Place
	}
	if l.About == "" {
		l.About = o.say(texts.ProposalAbout)
	}
	return l
}

// present is the state of the network in words.
func (o *Options) present(e *evidence) []string {
	missed, down := 0, time.Duration(0)
	for i := range e.watched {
		w := &e.watched[i]
		down += w.tally.Down
		if p := o.promised(w.target); p > 0 && w.tally.Over(p) > 0 {
			missed++
		}
	}
	return []string{
		o.say(texts.ProposalNetwork, len(o.Inventory.Sites), len(e.lines), len(o.Inventory.Endpoints), len(e.equipment)),
		o.countLines(e.lines),
		o.say(texts.ProposalOutages, len(e.faults), o.Language.Number(down.Hours(), 1), missed),
		o.countEquipment(e.equipment),
	}
}

// presentTable are the lines that are too small or bad.
func (o *Options) presentTable(lines []line) *document.Table {
	t := &document.Table{Name: o.say(texts.ProposalPresent), Columns: []document.Column{
		{Title: o.say(texts.CapLine), Width: 30}, {Title: o.say(texts.CapProvider), Width: 14}, {Title: o.say(texts.CapContract), Kind: document.Rate, Width: 12},
		{Title: o.say(texts.CapP95), Kind: document.Rate, Width: 12}, {Title: o.say(texts.CapShare), Kind: document.Percent, Width: 11, Formula: &document.Formula{Of: 3, By: 2}},
		{Title: o.say(texts.CapAdvice), Width: 34},
	}}
	for _, l := range o.urgent(lines) {
		advice := l.Advise()
		if advice == capacity.Keep || advice == capacity.NoData || advice == capacity.Downgrade {
			continue
		}
		f := l.fuller()
		t.Rows = append(t.Rows, []document.Cell{
			document.Text(l.target.Name), document.Text(o.provider(l.target.Provider)), bits(f.Limit), bits(f.P95),
			document.Number(f.P95Share).At(levelOf(f.P95Share)), document.Text(o.say(texts.Advices()[string(advice)])).At(adviceLevel(advice)),
		})
	}
	return t
}

// need says in words what is not bought: lines that their providers are to repair.
func (o *Options) need(e *evidence) (list []string) {
	var bad []string
	for i := range e.lines {
		if e.lines[i].Advise() == capacity.BadLine {
			bad = append(bad, e.lines[i].target.Name+" ("+o.provider(e.lines[i].target.Provider)+")")
		}
	}
	if len(e.items) == 0 {
		list = append(list, o.say(texts.ProposalNothing))
	}
	if len(bad) > 0 {
		list = append(list, o.say(texts.ProposalRepair, strings.Join(bad, ", ")))
	}
	return list
}

// needTable is why each item is needed.
func (o *Options) needTable(items []item) *document.Table {
	t := &document.Table{Name: o.say(texts.ProposalNeed), Columns: []document.Column{
		{Title: o.say(texts.FormNumber), Kind: document.Count, Width: 6}, {Title: o.say(texts.FormName), Width: 40}, {Title: o.say(texts.EqWhy), Width: 60},
	}}
	for i, x := range items {
		t.Rows = append(t.Rows, []document.Cell{document.Number(float64(i + 1)), document.Text(x.name), words(x.why)})
	}
	return t
}

// words is a text, or nothing where it is empty.
func words(s string) document.Cell {
	if s == "" {
		return document.Blank()
	}
	return document.Text(s)
}

// form are the ten columns.
func (o *Options) form(items []item) *document.Table {
	t := &document.Table{Name: o.say(texts.ProposalList), Columns: []document.Column{
		{Title: o.say(texts.FormNumber), Kind: document.Count, Width: 5}, {Title: o.say(texts.FormName), Width: 34}, {Title: o.say(texts.FormUnit), Width: 8},
		{Title: o.say(texts.FormQuantity), Kind: document.Count, Width: 8}, {Title: o.say(texts.FormEstimate), Kind: document.Money, Width: 14, Sum: true},
		{Title: o.say(texts.FormFunding), Width: 16}, {Title: o.say(texts.FormPayment), Width: 14}, {Title: o.say(texts.FormDelivery), Width: 26},
		{Title: o.say(texts.FormOther), Width: 20}, {Title: o.say(texts.FormNote), Width: 20},
	}}
	for i, x := range items {
		t.Rows = append(t.Rows, []document.Cell{
			document.Number(float64(i + 1)), document.Text(x.name), document.Text(x.unit), document.Number(x.quantity), money(x.quantity * x.price),
			words(o.Proposal.Funding), words(o.Proposal.Payment), words(x.delivery), words(x.other), words(x.note),
		})
	}
	return t
}

// money is an amount, left blank for a hand to fill in if it is not known.
func money(amount float64) document.Cell {
	if math.IsNaN(amount) {
		return document.Blank()
	}
	return document.Number(amount)
}

// estimate is quantity times price.
func (o *Options) estimate(items []item) *document.Table {
	t := &document.Table{Name: o.say(texts.ProposalEstimate), Columns: []document.Column{
		{Title: o.say(texts.FormNumber), Kind: document.Count, Width: 6}, {Title: o.say(texts.FormName), Width: 50}, {Title: o.say(texts.FormUnit), Width: 10},
		{Title: o.say(texts.FormQuantity), Kind: document.Count, Width: 10}, {Title: o.say(texts.ProposalPrice), Kind: document.Money, Width: 16},
		{Title: o.say(texts.ProposalAmount), Kind: document.Money, Width: 18, Formula: &document.Formula{Of: 3, By: 4, Times: true}, Sum: true},
	}}
	for i, x := range items {
		t.Rows = append(t.Rows, []document.Cell{
			document.Number(float64(i + 1)), document.Text(x.name), document.Text(x.unit), document.Number(x.quantity), money(x.price), money(x.quantity * x.price),
		})
	}
	return t
}

// savings are the lines for which less would do.
func (o *Options) savings(lines []line) *document.Table {
	t := &document.Table{Name: o.say(texts.ProposalSavings), Columns: []document.Column{
		{Title: o.say(texts.CapLine), Width: 34}, {Title: o.say(texts.CapContract), Kind: document.Rate, Width: 12}, {Title: o.say(texts.CapP95), Kind: document.Rate, Width: 12},
		{Title: o.say(texts.CapWanted), Kind: document.Rate, Width: 12}, {Title: o.say(texts.CapCostNow, dong), Kind: document.Money, Width: 16},
		{Title: o.say(texts.CapCost, dong), Kind: document.Money, Width: 16}, {Title: o.say(texts.CapEnds), Kind: document.Day, Width: 12},
	}}
	for i := range lines {
		l := &lines[i]
		tier, ok := l.Recommended()
		if l.Advise() != capacity.Downgrade || !ok {
			continue
		}
		now, then, ends := math.NaN(), math.NaN(), document.Nothing("")
		if l.contract != nil {
			now, ends = inDong(l.contract.MonthlyCost), document.On(l.contract.Ends.Time)
		}
		if l.currency == dong {
			then = tier.Monthly
		}
		t.Rows = append(t.Rows, []document.Cell{document.Text(l.target.Name), bits(l.Limit()), bits(l.fuller().P95), bits(tier.Bandwidth), money(now), money(then), ends})
	}
	return t
}

// timetable is by when what is to be ordered and to be there.
func (o *Options) timetable(items []item) *document.Table {
	t := &document.Table{Name: o.say(texts.ProposalSchedule), Columns: []document.Column{
		{Title: o.say(texts.EqQuarter), Width: 10}, {Title: o.say(texts.FormName), Width: 60},
		{Title: o.say(texts.CapOrderBy), Kind: document.Day, Width: 14}, {Title: o.say(texts.ProposalNeeded), Kind: document.Day, Width: 14},
	}}
	sorted := slices.Clone(items)
	slices.SortStableFunc(sorted, func(a, b item) int { return a.due(o.Now).Compare(b.due(o.Now)) })
	for _, x := range sorted {
		zone := o.Inventory.Timezone
		order, needed := document.On(x.orderBy), document.Nothing(o.say(texts.ProposalAtOnce))
		if !x.orderBy.IsZero() {
			order = document.On(x.orderBy.In(zone))
		}
		if x.neededBy.After(o.Now) {
			needed = document.On(x.neededBy.In(zone))
		}
		t.Rows = append(t.Rows, []document.Cell{document.Text(equipment.Quarter(x.due(o.Now).In(zone))), document.Text(x.name), order, needed})
	}
	return t
}

// due is when an item is to be ordered, or else to be there; at once if that is past.
func (x *item) due(now time.Time) time.Time {
	at := x.orderBy
	if at.IsZero() {
		at = x.neededBy.Add(-time.Second)
	}
	if at.Before(now) {
		return now
	}
	return at
}
