package reports

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"wanwatch/dashboards/query"
	"wanwatch/dashboards/reports/document"
	"wanwatch/dashboards/reports/equipment"
	"wanwatch/dashboards/texts"
	"wanwatch/inventory"
)

// apparatus is a device, or an endpoint that tells of itself.
type apparatus struct {
	target *inventory.Target
	equipment.Item
	software string
	errors   float64 // packets in the period; NaN: not known
	known    bool    // it has told of itself in the period
	// cpu and memory are shares in use that 95 of 100 values of the period do not exceed;
	// NaN: not known.
	cpu, memory float64
}

// Equipment makes the report on every device: what it is, how old, and what to replace.
func Equipment(ctx context.Context, o Options) (*document.Document, error) {
	all, err := o.readEquipment(ctx)
	if err != nil {
		return nil, err
	}
	d := o.document(texts.EquipmentTitle)
	d.Sections = []document.Section{
		o.replacements(all),
		{Title: o.say(texts.EquipmentAll), Table: o.apparatuses(all)},
		{Title: o.say(texts.CapacityTerms), Texts: []string{o.say(texts.EquipmentRuleNote, equipment.Horizon), o.say(texts.EquipmentSaidNote)}},
	}
	these := []string{"…"}
	d.Sources = o.sources(query.ReportDevices(these, o.To.Sub(o.From)), query.ReportReboots(these, o.To.Sub(o.From)), query.ReportErrors(these, o.To.Sub(o.From)),
		query.ReportLoad(query.DeviceCPU, these, o.To.Sub(o.From)), query.ReportLoad(query.DeviceMemory, these, o.To.Sub(o.From)))
	return d, nil
}

// equipment are the devices and the endpoints, which may tell of themselves.
func (o *Options) equipment() []*inventory.Target {
	return slices.DeleteFunc(slices.Clone(o.Inventory.Targets()), func(t *inventory.Target) bool {
		return t.Kind != inventory.DeviceTarget && t.Kind != inventory.EndpointTarget
	})
}

func (o *Options) readEquipment(ctx context.Context) ([]apparatus, error) {
	all, err := inParts(ctx, o, o.equipment(), batch, o.readApparatuses)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b apparatus) int {
		return cmp.Or(cmp.Compare(o.site(a.target.Site), o.site(b.target.Site)), cmp.Compare(a.target.Name, b.target.Name))
	})
	return all, nil
}

// readApparatuses asks for what some targets told of themselves. Endpoints that told
// nothing are left out: they are rooms, and need not be devices.
func (o *Options) readApparatuses(ctx context.Context, targets []*inventory.Target) ([]apparatus, error) {
	ids, found := make([]string, len(targets)), map[string]*apparatus{}
	for i, t := range targets {
		ids[i] = t.ID
		a := &apparatus{target: t, errors: math.NaN(), cpu: math.NaN(), memory: math.NaN()}
		if d := o.Inventory.Devices[t.ID]; t.Kind == inventory.DeviceTarget && d != nil {
			a.Model, a.Serial, a.Purchased = d.Model, d.Serial, d.Purchased.Time
			if !d.EndOfSupport.IsZero() {
				a.EndOfSupport = d.EndOfSupport.End()
			}
		}
		found[t.ID] = a
	}
	for _, q := range []struct {
		expr string
		take func(a *apparatus, labels map[string]string, v float64)
	}{
		{query.ReportDevices(ids, o.To.Sub(o.From)), func(a *apparatus, labels map[string]string, _ float64) {
			a.SaidModel, a.SaidSerial, a.software, a.known = labels["model"], labels["serial"], labels["software"], true
		}},
		{query.ReportReboots(ids, o.To.Sub(o.From)), func(a *apparatus, _ map[string]string, v float64) { a.Reboots = math.Round(v) }},
		{query.ReportErrors(ids, o.To.Sub(o.From)), func(a *apparatus, _ map[string]string, v float64) { a.errors = math.Round(v) }},
		{query.ReportLoad(query.DeviceCPU, ids, o.To.Sub(o.From)), func(a *apparatus, _ map[string]string, v float64) { a.cpu = v }},
		{query.ReportLoad(query.DeviceMemory, ids, o.To.Sub(o.From)), func(a *apparatus, _ map[string]string, v float64) { a.memory = v }},
	} {
		all, err := o.Source.Range(ctx, q.expr, o.To.Add(-hour), o.To, hour, 2000*len(ids))
		if err != nil {
			return nil, err
		}
		for _, s := range all {
			if a, v := found[s.Labels["target"]], s.Values[len(s.Values)-1]; a != nil && !math.IsNaN(v) {
				q.take(a, s.Labels, v)
			}
		}
	}
	var list []apparatus
	for _, id := range ids {
		if a := found[id]; a.target.Kind == inventory.DeviceTarget || a.known {
			list = append(list, *a)
		}
	}
	return list, nil
}

// replacements are the summary, and what to replace or to look at, by quarter.
func (o *Options) replacements(all []apparatus) document.Section {
	t := &document.Table{Name: o.say(texts.EquipmentPlan), Columns: []document.Column{
		{Title: o.say(texts.EqQuarter), Width: 12}, {Title: o.say(texts.EqName), Width: 28}, {Title: o.say(texts.CapSite), Width: 26},
		{Title: o.say(texts.EqModel), Width: 20}, {Title: o.say(texts.EqSupport), Kind: document.Day, Width: 14}, {Title: o.say(texts.EqWhy), Width: 44},
	}}
	type row struct {
		order string
		cells []document.Cell
	}
	var rows []row
	for i := range all {
		a := &all[i]
		advice, quarter := a.Advise(o.To)
		if advice == equipment.Keep {
			continue
		}
		level := document.Fair
		if advice == equipment.Expired {
			level = document.Bad
		}
		when := document.Text(quarter)
		if quarter == "" {
			when = document.Nothing("")
		}
		order := "9"
		if quarter != "" {
			order = quarter[3:] + quarter[:2]
		}
		rows = append(rows, row{order, []document.Cell{
			when, document.Text(a.target.Name), document.Text(o.site(a.target.Site)), document.Text(cmp.Or(a.SaidModel, a.Model)),
			o.last(a.EndOfSupport), document.Text(o.say(texts.EquipmentAdvices()[string(advice)])).At(level),
		}})
	}
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(a.order, b.order) })
	for _, r := range rows {
		t.Rows = append(t.Rows, r.cells)
	}
	return document.Section{
		Title: o.say(texts.EquipmentPlan),
		Texts: []string{o.countEquipment(all)},
		Table: t,
	}
}

// countEquipment says how many pieces there are of each finding.
func (o *Options) countEquipment(all []apparatus) string {
	count := map[equipment.Advice]int{}
	for i := range all {
		advice, _ := all[i].Advise(o.To)
		count[advice]++
	}
	return o.say(texts.EquipmentSummary, len(all), count[equipment.Expired], count[equipment.Ending], count[equipment.Unsteady], count[equipment.Differs])
}

// last is the last day before a moment.
func (o *Options) last(t time.Time) document.Cell {
	if t.IsZero() {
		return document.Nothing("")
	}
	return document.On(t.Add(-time.Second).In(o.Inventory.Timezone))
}

// apparatuses is a row for each.
func (o *Options) apparatuses(all []apparatus) *document.Table {
	t := &document.Table{Name: o.say(texts.EquipmentAll), Columns: []document.Column{
		{Title: o.say(texts.EqName), Width: 26}, {Title: o.say(texts.CapSite), Width: 22},
		{Title: o.say(texts.EqModel), Width: 16}, {Title: o.say(texts.EqSaidModel), Width: 18},
		{Title: o.say(texts.EqSerial), Width: 15}, {Title: o.say(texts.EqSaidSerial), Width: 15}, {Title: o.say(texts.EqSoftware), Width: 18},
		{Title: o.say(texts.EqAge), Kind: document.Count, Width: 9}, {Title: o.say(texts.EqSupport), Kind: document.Day, Width: 13},
		{Title: o.say(texts.EqReboots), Kind: document.Count, Width: 9}, {Title: o.say(texts.EqErrors), Kind: document.Count, Width: 10},
		{Title: o.say(texts.EqCPU), Kind: document.Percent, Width: 9}, {Title: o.say(texts.EqMemory), Kind: document.Percent, Width: 9},
	}}
	for i := range all {
		a := &all[i]
		level := document.Plain
		if a.Differs() {
			level = document.Bad
		}
		age := document.Nothing("")
		if years := a.Age(o.To); years > 0 {
			age = document.Number(math.Floor(years))
		}
		said := func(s string) document.Cell {
			if s == "" {
				return document.Nothing("")
			}
			return document.Text(s)
		}
		t.Rows = append(t.Rows, []document.Cell{
			document.Text(a.target.Name), document.Text(o.site(a.target.Site)), said(a.Model), said(a.SaidModel).At(level),
			said(a.Serial), said(a.SaidSerial).At(level), said(a.software), age, o.last(a.EndOfSupport),
			document.Number(a.Reboots), document.Number(a.errors), document.Number(a.cpu), document.Number(a.memory),
		})
	}
	return t
}
