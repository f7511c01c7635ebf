package reports

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"wanwatch/dashboards/reports/capacity"
	"wanwatch/dashboards/reports/equipment"
	"wanwatch/dashboards/texts"
	"wanwatch/inventory"
)

// item is what a proposal asks for.
type item struct {
	name, unit  string
	quantity    float64
	price       float64 // of one, in đồng; NaN: not known
	delivery    string  // time and place
	other, note string
	why         string
	orderBy     time.Time // zero: not known
	neededBy    time.Time // zero: at once
}

// dong is the currency of the form.
const dong = "VND"

// items are what the figures ask for, and what the file of the proposal does.
func (o *Options) items(lines []line, all []apparatus) []item {
	var list []item
	for i := range lines {
		if slices.Contains([]capacity.Advice{capacity.Now, capacity.Order, capacity.Plan}, lines[i].Advise()) {
			list = append(list, o.largerLine(&lines[i]))
		}
	}
	slices.SortStableFunc(list, func(a, b item) int { return a.neededBy.Compare(b.neededBy) })
	list = append(list, o.newEquipment(all)...)
	for _, x := range o.Proposal.Items {
		list = append(list, item{name: x.Name, unit: x.Unit, quantity: x.Quantity, price: inDong(x.Price), delivery: x.When, why: x.Why, other: x.Other})
	}
	return list
}

func inDong(m *inventory.Money) float64 {
	if m == nil || m.Currency != dong {
		return math.NaN()
	}
	return m.Amount
}

// budgetMonths is for how long a line is paid for in an estimate: a budget's year.
const budgetMonths = 12

// largerLine is the bandwidth that a line takes next, for a year.
func (o *Options) largerLine(l *line) item {
	now, wanted := l.Limit()*8/1e6, math.Ceil(l.Wanted()*8/1e6)
	x := item{unit: o.say(texts.ProposalMonth), quantity: budgetMonths, price: math.NaN()}
	if tier, ok := l.Recommended(); ok {
		wanted = tier.Bandwidth * 8 / 1e6
		if l.currency == dong {
			x.price = tier.Monthly
		} else {
			x.note = o.say(texts.ProposalPriceIn, o.Language.Number(tier.Monthly, 0), l.currency)
		}
	}
	x.name = o.say(texts.ProposalLine, l.target.Name, o.provider(l.target.Provider), o.Language.Number(now, 0), o.Language.Number(wanted, 0))
	x.why = o.whyLarger(l)
	if day, ok := l.OrderBy(o.To); ok {
		if x.neededBy = day.Add(l.LeadTime); day.Before(o.Now) {
			day = o.Now
		}
		x.orderBy = day
	} else {
		x.orderBy = o.Now
	}
	x.delivery = o.say(texts.ProposalAt, o.site(l.target.Site))
	if x.neededBy.After(o.Now) {
		x.delivery = o.say(texts.ProposalBefore, o.Language.Date(x.neededBy.In(o.Inventory.Timezone)), o.site(l.target.Site))
	}
	if m := l.contract; m != nil && m.MonthlyCost != nil {
		x.other = o.say(texts.ProposalInstead, o.Language.Number(m.MonthlyCost.Amount, 0), m.MonthlyCost.Currency)
	}
	return x
}

// whyLarger are the reasons for a larger line, with their figures.
func (o *Options) whyLarger(l *line) string {
	f := l.fuller()
	reasons := []string{o.say(texts.WhyP95, o.Language.Number(f.P95*8/1e6, 1), o.Language.Number(f.P95Share*100, 0))}
	var first *direction
	for _, d := range o.directions(l) {
		if d.Reaches && !d.FullReach && d.Reach.At <= farAway && (first == nil || d.Reach.At < first.Reach.At) {
			first = &d
		}
	}
	if first != nil {
		reasons = append(reasons, o.say(texts.WhyReach, first.name, o.Language.Date(o.after(first.Reach.At))))
	}
	if l.Call > 0 && l.Calls() < 1 {
		reasons = append(reasons, o.say(texts.WhyNoCall))
	}
	if l.crowded > 0 || l.crowdedLater > 0 {
		reasons = append(reasons, o.say(texts.WhyCrowded, o.Language.Number(l.crowded, 0), o.Months, o.Language.Number(l.crowdedLater, 0)))
	}
	return strings.Join(reasons, "; ")
}

// newEquipment replaces what is out of support or will be, a model and a quarter at a time.
func (o *Options) newEquipment(all []apparatus) []item {
	type lot struct {
		advice         equipment.Advice
		model, quarter string
	}
	places := map[lot][]string{}
	ends := map[lot]time.Time{}
	var lots []lot
	for i := range all {
		a := &all[i]
		advice, quarter := a.Advise(o.To)
		if advice != equipment.Expired && advice != equipment.Ending {
			continue
		}
		k := lot{advice, cmp.Or(a.SaidModel, a.Model, a.target.Name), quarter}
		if places[k] == nil {
			lots, ends[k] = append(lots, k), a.EndOfSupport
		}
		places[k] = append(places[k], o.site(a.target.Site))
		if a.EndOfSupport.Before(ends[k]) {
			ends[k] = a.EndOfSupport
		}
	}
	slices.SortStableFunc(lots, func(a, b lot) int { return cmp.Or(ends[a].Compare(ends[b]), cmp.Compare(a.model, b.model)) })
	var list []item
	for _, k := range lots {
		x := item{
			name: o.say(texts.ProposalReplace, k.model), unit: o.say(texts.ProposalPiece), quantity: float64(len(places[k])), price: math.NaN(),
			why:      o.say(texts.EquipmentAdvices()[string(k.advice)]) + " (" + o.Language.Date(ends[k].Add(-time.Second).In(o.Inventory.Timezone)) + ")",
			delivery: o.say(texts.ProposalQuarter, k.quarter, strings.Join(slices.Compact(slices.Clone(places[k])), ", ")),
			neededBy: ends[k],
		}
		if r := o.Prices.replacement(k.model); r != nil {
			if r.By != "" {
				x.name = o.say(texts.ProposalReplaceBy, k.model, r.By)
			}
			x.unit, x.price = cmp.Or(r.Unit, x.unit), inDong(r.Price)
		}
		list = append(list, x)
	}
	return list
}
