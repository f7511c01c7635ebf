package grafana

import (
	"maps"
	"slices"
	"strconv"

	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	expr "wanwatch/dashboards/query"
	"wanwatch/dashboards/texts"
)

// allKinds are the kinds of targets.
func allKinds() []string { return []string{"link", "uplink", "endpoint", "device"} }

// makeOverview makes the dashboard of what is wrong now, and where.
func makeOverview(b *board) {
	b.words, b.refresh = texts.BoardOverview, "30s"
	b.choices(allKinds()...)
	name, place, kind, provider := b.headings()
	b.put(24, 4, texts.PanelStates, colourStates(b, b.number(unitCount)), b.inStates(now)...)
	words := b.stateWords()
	b.table(16, 10, texts.PanelWrong, texts.ColState, true, []heading{name, place, kind, provider},
		column{title: texts.ColState, expr: expr.PanelWrong, unit: unitCount, words: &words, width: 125},
		column{title: texts.ColDown24, expr: expr.PanelWrongDown, unit: unitSpan, width: 95},
		column{title: texts.ColChanges, expr: expr.PanelWrongChanges, unit: unitCount, width: 100},
		column{title: texts.ColLoss, expr: expr.PanelWrongLoss, unit: unitShare, limits: lossLimits(), width: 75})
	severity, titles := b.severityWords(), b.alertTitles()
	b.table(8, 10, texts.PanelAlerts, texts.ColSeverity, false, []heading{
		{label: "severity", title: texts.ColSeverity, words: &severity, width: 110},
		{label: "alertname", title: texts.ColAlert, words: &titles}, {label: "target", title: texts.VarTarget}, {label: "site", title: texts.VarSite, width: 85},
	}, column{title: texts.ColState, expr: expr.PanelAlerts, hidden: true})
	b.sites()
	b.put(12, 11, texts.PanelHistory, colourStates(b, b.stacked(unitCount).MaxDataPoints(histogramPoints)), b.inStates(over)...)
	b.put(24, 8, texts.PanelLossWorst, b.bars(unitShare, lossLimits()).Max(1).NoValue(b.Say(texts.NothingWrong)), now(expr.PanelLossWorst, bySite))
}

// sites puts the table of sites.
func (b *board) sites() {
	down, degraded, unknown := steps("text", step{1, bad()}), steps("text", step{1, fair()}), steps("text", step{1, grey()})
	b.table(12, 11, texts.PanelSites, stateTitle(expr.Down), true, []heading{{label: "site_name", title: texts.VarSite}},
		column{title: stateTitle(expr.Down), expr: expr.PanelSiteInState(expr.Down), unit: unitCount, limits: down, width: 110},
		column{title: stateTitle(expr.Degraded), expr: expr.PanelSiteInState(expr.Degraded), unit: unitCount, limits: degraded, width: 100},
		column{title: stateTitle(expr.Unknown), expr: expr.PanelSiteInState(expr.Unknown), unit: unitCount, limits: unknown, width: 120},
		column{title: stateTitle(expr.Maintenance), expr: expr.PanelSiteInState(expr.Maintenance), unit: unitCount, width: 110},
		column{title: texts.ColTargets, expr: expr.PanelTargets, unit: unitCount, width: 90})
}

// stateTitle is the sign and the word for a value of wanwatch_target_state.
func stateTitle(value string) texts.Text {
	i, _ := strconv.Atoi(value)
	s := states()[i]
	word := texts.State(s)
	return texts.Text{VI: s.Sign() + " " + word.VI, EN: s.Sign() + " " + word.EN}
}

// inStates asks for the number of targets in each state, with its word as legend.
func (b *board) inStates(ask func(expr, legend string) query) []query {
	var list []query
	for _, value := range []string{expr.Down, expr.Degraded, expr.Up, expr.Maintenance, expr.Unknown} {
		list = append(list, ask(expr.PanelInState(value), b.Say(stateTitle(value))))
	}
	return list
}

// overriding is a panel whose series can be given colours by name.
type overriding[P any] interface {
	OverrideByName(name string, properties []dashboard.DynamicConfigValue) P
}

// colourStates gives each state's series its colour.
func colourStates[P overriding[P]](b *board, p P) P {
	for i, s := range states() {
		p = p.OverrideByName(b.Say(stateTitle(strconv.Itoa(i))), []dashboard.DynamicConfigValue{
			{Id: "color", Value: map[string]string{"mode": "fixed", "fixedColor": texts.Colour(s)}},
		})
	}
	return p
}

func (b *board) severityWords() dashboard.ValueMapping {
	return b.meanings(entry{"critical", texts.WordCritical, bad()}, entry{"warning", texts.WordWarning, fair()}, entry{"info", texts.WordInfo, blue})
}

// alertTitles turn the names of alerts into their titles.
func (b *board) alertTitles() dashboard.ValueMapping {
	known := texts.Alerts()
	var list []entry
	for _, name := range slices.Sorted(maps.Keys(known)) {
		list = append(list, entry{value: name, word: known[name].Title})
	}
	return b.meanings(list...)
}
