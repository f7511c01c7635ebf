package reports

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"wanwatch/dashboards/query"
	"wanwatch/dashboards/reports/availability"
	"wanwatch/dashboards/reports/document"
	"wanwatch/dashboards/texts"
	"wanwatch/exporter"
	"wanwatch/inventory"
)

// Availability makes the report on how long targets worked, and on their outages.
func Availability(ctx context.Context, o Options) (*document.Document, error) {
	all, err := o.readStates(ctx)
	if err != nil {
		return nil, err
	}
	faults := o.faults(all)
	d := o.document(texts.AvailabilityTitle)
	d.Sections = []document.Section{
		o.broken(all, faults),
		{Title: o.say(texts.AvailabilityGroups), Table: o.groups(all, faults)},
		{Title: o.say(texts.AvailabilityOutages), Table: o.outages(all, faults)},
		{Title: o.say(texts.AvailabilityMonths), Table: o.months(all)},
		{Title: o.say(texts.CapacityTerms), Texts: []string{
			o.say(texts.AvailabilityShareNote), o.say(texts.AvailabilityUnknownNote), o.say(texts.AvailabilityCauseNote), o.say(texts.AvailabilityCreditNote),
		}},
	}
	these := []string{"…"}
	d.Sources = o.sources(query.Selected(query.Seconds5m, these), query.Selected(query.TargetState, these), query.Selected(query.Seconds1h, these))
	return d, nil
}

// faults are all outages with their causes.
func (o *Options) faults(all []watched) []availability.Fault {
	var faults []availability.Fault
	targets, lines := map[string]int{}, map[string]int{}
	for _, w := range all {
		t := w.target
		isLine := t.Kind == inventory.LinkTarget || t.Kind == inventory.UplinkTarget
		targets[t.Site]++
		if t.Kind == inventory.LinkTarget {
			lines[t.Site]++
		}
		for _, x := range w.outages {
			faults = append(faults, availability.Fault{Outage: x, Target: t.ID, Site: t.Site, Provider: t.Provider, IsLine: isLine})
		}
	}
	availability.Explain(faults, targets, lines)
	return faults
}

// promised is the availability that a target's contract promises, from 0 to 1; 0: nothing.
func (o *Options) promised(t *inventory.Target) float64 {
	if c := t.Contract(o.To.Add(-time.Second)); c != nil && c.SLA != nil {
		return float64(c.SLA.Availability)
	}
	return 0
}

// credit is what the time over the promise costs, as that share of the month's price.
func (o *Options) credit(w *watched, over time.Duration) (amount float64, currency string) {
	c := w.target.Contract(o.To.Add(-time.Second))
	if c == nil || c.MonthlyCost == nil || over <= 0 {
		return math.NaN(), ""
	}
	const month = 730 * hour // as providers count it
	return c.MonthlyCost.Amount * float64(over) / float64(month), c.MonthlyCost.Currency
}

// broken is the summary, and a row for each target, the longest down first.
func (o *Options) broken(all []watched, faults []availability.Fault) document.Section {
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b watched) int { return cmp.Compare(b.tally.Down, a.tally.Down) })
	t := &document.Table{Name: o.say(texts.AvailabilityTargets), Columns: []document.Column{
		{Title: o.say(texts.AvTarget), Width: 28}, {Title: o.say(texts.CapSite), Width: 22}, {Title: o.say(texts.CapProvider), Width: 14},
		{Title: o.state(exporter.Up), Kind: document.Length, Width: 13}, {Title: o.state(exporter.Degraded), Kind: document.Length, Width: 13},
		{Title: o.state(exporter.Down), Kind: document.Length, Width: 13}, {Title: o.state(exporter.Unknown), Kind: document.Length, Width: 13},
		{Title: o.state(exporter.Maintenance), Kind: document.Length, Width: 13},
		{Title: o.say(texts.AvRaw), Kind: document.Percent, Width: 11}, {Title: o.say(texts.AvAgreed), Kind: document.Percent, Width: 11},
		{Title: o.say(texts.AvPromised), Kind: document.Percent, Width: 11}, {Title: o.say(texts.AvOver), Kind: document.Length, Width: 13},
		{Title: o.say(texts.AvCredit), Width: 14}, {Title: o.say(texts.AvOutages), Kind: document.Count, Width: 8},
		{Title: "MTTR", Kind: document.Length, Width: 12}, {Title: "MTBF", Kind: document.Length, Width: 13},
	}}
	missed := 0
	var chart document.Chart
	for i := range sorted {
		w := &sorted[i]
		promised, over, credit := document.Nothing(""), document.Nothing(""), document.Nothing("")
		agreed := document.Number(w.tally.Agreed())
		if p := o.promised(w.target); p > 0 {
			promised = document.Number(p)
			excess := w.tally.Over(p)
			over = document.Lasting(max(excess, 0))
			if excess > 0 {
				missed++
				agreed, over = agreed.At(document.Bad), over.At(document.Bad)
				if amount, currency := o.credit(w, excess); !math.IsNaN(amount) {
					credit = document.Text(o.Language.Number(amount, 0) + " " + currency)
				}
			}
		}
		t.Rows = append(t.Rows, []document.Cell{
			document.Text(w.target.Name), document.Text(o.site(w.target.Site)), document.Text(o.provider(w.target.Provider)),
			document.Lasting(w.tally.Up), document.Lasting(w.tally.Degraded), document.Lasting(w.tally.Down), document.Lasting(w.tally.Unknown), document.Lasting(w.tally.Maintenance),
			document.Number(w.tally.Raw()), agreed, promised, over, credit,
			document.Number(float64(len(w.outages))), document.Lasting(availability.Repair(w.outages)), document.Lasting(availability.Between(w.tally, w.outages)),
		})
		if len(chart.Bars) < most && w.tally.Down > 0 {
			chart.Bars = append(chart.Bars, document.Bar{Name: w.target.Name, Value: w.tally.Down.Seconds(), Level: document.Bad})
		}
	}
	chart.Title, chart.Kind = o.say(texts.AvailabilityChart), document.Length
	return document.Section{
		Title: o.say(texts.AvailabilityTargets),
		Texts: []string{o.say(texts.AvailabilitySummary, len(all), len(faults), missed)},
		Chart: &chart, Table: t,
	}
}

// groups is a row for each provider and each site. What several lines of a provider lost
// by one cause counts once.
func (o *Options) groups(all []watched, faults []availability.Fault) *document.Table {
	t := &document.Table{Name: o.say(texts.AvailabilityGroups), Columns: []document.Column{
		{Title: o.say(texts.AvGroup), Width: 30}, {Title: o.say(texts.AvTargets), Kind: document.Count, Width: 10},
		{Title: o.say(texts.AvAgreed), Kind: document.Percent, Width: 14}, {Title: o.state(exporter.Down), Kind: document.Length, Width: 14},
		{Title: o.say(texts.AvShared), Kind: document.Length, Width: 18}, {Title: o.say(texts.AvUnion), Kind: document.Length, Width: 18},
	}}
	group := func(name string, of func(*inventory.Target) bool, cause availability.Cause) {
		n := 0
		var sum availability.Tally
		ids := map[string]bool{}
		for _, w := range all {
			if of(w.target) {
				n++
				sum, ids[w.target.ID] = sum.Add(w.tally), true
			}
		}
		if n == 0 {
			return
		}
		var shared, every []availability.Outage
		for _, f := range faults {
			if ids[f.Target] {
				every = append(every, f.Outage)
				if f.Cause == cause {
					shared = append(shared, f.Outage)
				}
			}
		}
		t.Rows = append(t.Rows, []document.Cell{
			document.Text(name), document.Number(float64(n)), document.Number(sum.Agreed()), document.Lasting(sum.Down),
			document.Lasting(availability.Union(shared)), document.Lasting(availability.Union(every)),
		})
	}
	for _, id := range sortedBy(o.Inventory.Providers, func(p *inventory.Provider) string { return p.Name }) {
		group(o.provider(id), func(t *inventory.Target) bool { return t.Provider == id }, availability.Provider)
	}
	for _, id := range sortedBy(o.Inventory.Sites, func(s *inventory.Site) string { return s.Name }) {
		group(o.site(id), func(t *inventory.Target) bool { return t.Site == id }, availability.Site)
	}
	return t
}

// state is the word for a state.
func (o *Options) state(s exporter.State) string { return o.say(texts.State(s)) }

// sortedBy are the ids of a section by what names them.
func sortedBy[T any](all map[string]T, name func(T) string) []string {
	ids := make([]string, 0, len(all))
	for id := range all {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int { return cmp.Or(cmp.Compare(name(all[a]), name(all[b])), cmp.Compare(a, b)) })
	return ids
}

// outages is a row for each outage, in the order of time.
func (o *Options) outages(all []watched, faults []availability.Fault) *document.Table {
	byID := map[string]*inventory.Target{}
	for _, w := range all {
		byID[w.target.ID] = w.target
	}
	t := &document.Table{Name: o.say(texts.AvailabilityOutages), Columns: []document.Column{
		{Title: o.say(texts.AvTarget), Width: 30}, {Title: o.say(texts.CapSite), Width: 24},
		{Title: o.say(texts.AvFrom), Kind: document.Moment, Width: 18}, {Title: o.say(texts.AvTo), Kind: document.Moment, Width: 18},
		{Title: o.say(texts.AvLength), Kind: document.Length, Width: 12}, {Title: o.say(texts.AvCause), Width: 34},
	}}
	zone := o.Inventory.Timezone
	for _, f := range faults {
		to := document.On(f.To.In(zone))
		if f.After {
			to = document.Nothing(o.say(texts.AvStill))
		}
		from := document.On(f.From.In(zone))
		if f.Before {
			from = document.Nothing(o.say(texts.AvBefore))
		}
		x := byID[f.Target]
		t.Rows = append(t.Rows, []document.Cell{
			document.Text(x.Name), document.Text(o.site(x.Site)), from, to, document.Lasting(f.Length()), document.Text(o.say(texts.Causes()[string(f.Cause)])),
		})
	}
	return t
}

// months is a row for each line with its availability month by month.
func (o *Options) months(all []watched) *document.Table {
	t := &document.Table{Name: o.say(texts.AvailabilityMonths), Columns: []document.Column{{Title: o.say(texts.AvTarget), Width: 30}}}
	var names []string
	for i := range monthsBack {
		m := o.firstMonth().AddDate(0, i, 0)
		names = append(names, o.monthOf(m))
		t.Columns = append(t.Columns, document.Column{Title: m.Format("01/2006"), Kind: document.Percent, Width: 9})
	}
	for _, w := range all {
		if len(w.months) == 0 {
			continue
		}
		row := []document.Cell{document.Text(w.target.Name)}
		for _, name := range names {
			v, ok := w.months[name]
			if !ok {
				v = math.NaN()
			}
			c := document.Number(v)
			if p := o.promised(w.target); p > 0 && v < p {
				c = c.At(document.Bad)
			}
			row = append(row, c)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
