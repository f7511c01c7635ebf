package grafana

import (
	"github.com/grafana/grafana-foundation-sdk/go/common"

	expr "wanwatch/dashboards/query"
	"wanwatch/dashboards/texts"
)

// makeCapacity makes the dashboard of what must be upgraded, and when.
func makeCapacity(b *board) {
	b.words, b.from, b.refresh = texts.BoardCapacity, "now-90d", ""
	b.choices("link", "uplink")
	b.upgrades()
	b.row(texts.RowTrend)
	b.put(16, 10, texts.PanelWeeks, b.limited(unitShare, useLimits()), query{expr: expr.PanelWeek, legend: byName, step: "1h"})
	b.put(8, 10, texts.PanelWeek, b.bars(unitShare, useLimits()).Max(1), now(expr.Sorted(expr.PanelWeek), byName))
	b.put(12, 9, texts.PanelGrowth, b.bars(unitShare, rising(0.02, 0.05)), now(expr.Sorted(expr.PanelGrowth), byName))
	b.put(12, 9, texts.PanelCalls, b.bars(unitCount, steps(bad(), step{1, fair()}, step{2, good()})).NoValue("–"), b.calls()...)
	b.row(texts.RowContracts)
	b.put(6, 9, texts.PanelCost, b.number(unitNumber).Thresholds(steps("text")).TextMode(common.BigValueTextModeValueAndName),
		now(expr.PanelCostProvider, "{{provider}} ({{currency}})"))
	b.contracts(18, 9, texts.PanelEnds)
}

func (b *board) upgrades() {
	name, place, _, provider := b.headings()
	b.table(24, 13, texts.PanelUpgrade, texts.ColWeek, true, []heading{name, place, provider, {label: "currency", title: texts.ColCurrency, width: 75}},
		column{title: texts.ColWeek, expr: expr.PanelWeek, unit: unitShare, limits: useLimits(), width: 85},
		column{title: texts.ColBusyHour, expr: expr.PanelBusyHour, unit: unitShare, limits: useLimits(), width: 120},
		column{title: texts.ColGrowth, expr: expr.PanelGrowth, unit: unitShare, width: 120},
		column{title: texts.ColDate80, expr: expr.PanelDate80, unit: b.unitDate(), width: 105},
		column{title: texts.ColAtDelivery, expr: expr.PanelAtDelivery, unit: unitShare, limits: steps(good(), step{0.9, fair()}, step{1, bad()}), width: 110},
		column{title: texts.ColContracted, expr: expr.PanelContracted(expr.TowardsSite), unit: unitBits, width: 110},
		column{title: texts.ColCost, expr: expr.PanelCost, unit: unitNumber, width: 110},
		column{title: texts.ColCostMbit, expr: expr.PanelCostMbit, unit: unitNumber, width: 115},
		column{title: texts.ColEnd, expr: expr.PanelContractEnd, unit: b.unitDate(), width: 120})
}

// calls are the queries of the calls that fit: now, and when it is fullest.
func (b *board) calls() []query {
	return []query{
		now(expr.PanelCallsHour, byName+" · "+b.Say(texts.WordThisHour)),
		now(expr.PanelCallsBusy, byName+" · "+b.Say(texts.WordBusyHour)),
		now(expr.PanelCallsWeek, byName+" · P95"),
	}
}
