package grafana

import (
	expr "wanwatch/dashboards/query"
	"wanwatch/dashboards/texts"
)

// makeSite makes the dashboard of everything at one site.
func makeSite(b *board) {
	b.words = texts.BoardSite
	b.choicesOfSite()
	b.meetings()
	b.put(24, 4, texts.PanelStates, colourStates(b, b.number(unitCount)), b.inStates(now)...)
	b.put(24, 9, texts.PanelTimeline, b.stateline(), over(expr.PanelState, byName))
	b.siteTable()
	b.row(texts.RowQuality)
	b.quality()
	b.row(texts.RowTraffic)
	b.traffic()
	b.put(12, 7, texts.PanelUse, b.limited(unitShare, useLimits()), b.use()...)
	b.put(12, 7, texts.PanelCalls, b.bars(unitCount, steps(bad(), step{1, fair()}, step{2, good()})).NoValue("–"), b.calls()...)
	b.row(texts.RowEndpoints)
	b.put(24, 8, texts.PanelProbes, b.timeline(b.probeWords()), over(expr.PanelProbes, byProbe))
	b.row(texts.RowContracts)
	b.contracts(24, 7, texts.PanelSiteContracts)
	b.equipment(24, 7)
}

func (b *board) siteTable() {
	name, _, kind, provider := b.headings()
	words := b.stateWords()
	b.table(24, 9, texts.PanelSiteTable, texts.ColState, true, []heading{name, kind, provider},
		column{title: texts.ColState, expr: expr.PanelState, unit: unitCount, words: &words, width: 150},
		column{title: texts.ColAvailable, expr: expr.PanelAvailability, unit: unitShare, digits: 3, width: 120},
		column{title: texts.ColLoss, expr: expr.PanelLoss, unit: unitShare, limits: lossLimits(), width: 90},
		column{title: texts.ColRTT95, expr: expr.PanelRTTP95, unit: unitSeconds, limits: rttLimits(), width: 110},
		column{title: texts.ColJitter, expr: expr.PanelJitter, unit: unitSeconds, limits: jitterLimits(), width: 130},
		column{title: texts.ColNext, expr: expr.PanelMeetingNext, unit: b.unitMoment(), width: 170})
}

// contracts puts the table of contracts, the first to end first.
func (b *board) contracts(w, h uint32, words texts.PanelText) {
	name, place, _, provider := b.headings()
	b.table(w, h, words, texts.ColEnd, false, []heading{name, place, provider, {label: "currency", title: texts.ColCurrency, width: 90}},
		column{title: texts.ColEnd, expr: expr.PanelContractEnd, unit: b.unitDate(), width: 115},
		column{title: texts.ColContracted, expr: expr.PanelContracted(expr.TowardsSite), unit: unitBits, width: 100},
		column{title: texts.ColCost, expr: expr.PanelCost, unit: unitNumber, width: 115},
		column{title: texts.ColSLA, expr: expr.PanelSLA, unit: unitShare, digits: 2, width: 80},
		column{title: texts.ColLeadTime, expr: expr.PanelLeadTime, unit: b.unitDays(), width: 140})
}

// equipment puts the table of devices.
func (b *board) equipment(w, h uint32) {
	name, place, _, _ := b.headings()
	b.table(w, h, texts.PanelEquipment, texts.ColSupport, false, []heading{name, place},
		column{title: texts.ColPurchased, expr: expr.PanelPurchased, unit: b.unitDate(), width: 150},
		column{title: texts.ColSupport, expr: expr.PanelSupportEnd, unit: b.unitDate(), width: 150})
}
