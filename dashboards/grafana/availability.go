package grafana

import (
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"

	expr "wanwatch/dashboards/query"
	"wanwatch/dashboards/texts"
)

// makeAvailability makes the dashboard of availability against the SLA. It shows the
// present month at first, and ends now: at the end of the month, which is to come,
// nothing is known yet.
func makeAvailability(b *board) {
	b.words, b.from, b.to, b.refresh = texts.BoardAvailability, "now/M", "now", ""
	b.choices(allKinds()...)
	b.put(6, 5, texts.PanelAvailable, b.number(unitShare).Decimals(3).Thresholds(steps("text")), now(expr.PanelAvailabilityAll, ""))
	b.put(6, 5, texts.PanelBelowSLA, b.number(unitCount).Thresholds(noneOrBad()), now(expr.PanelBelowSLA, ""))
	b.put(12, 5, texts.PanelProviders, b.number(unitShare).Decimals(3).Thresholds(steps("text")), now(expr.PanelAvailabilityProvider, "{{provider}}"))
	b.availabilityTable()
	b.row(texts.RowMonths)
	b.put(12, 8, texts.PanelMonths, b.months(),
		query{expr: expr.PanelMonthProvider, legend: "{{provider}}"})
	b.put(12, 8, texts.PanelMonthsTarget, b.months(),
		query{expr: expr.PanelMonth, legend: byName})
	b.put(24, 12, texts.PanelTimeline, b.stateline(), over(expr.PanelState, byName))
}

func (b *board) availabilityTable() {
	name, place, kind, provider := b.headings()
	b.table(24, 14, texts.PanelAvailableTable, texts.ColAvailable, false, []heading{name, place, kind, provider},
		column{title: texts.ColAvailable, expr: expr.PanelAvailability, unit: unitShare, digits: 3, width: 105},
		column{title: texts.ColSLA, expr: expr.PanelSLA, unit: unitShare, digits: 2, width: 80},
		column{title: texts.ColLeft, expr: expr.PanelMinutesLeft, unit: b.unitMinutes(), limits: steps(bad(), step{0, good()}), width: 160},
		column{title: stateTitle(expr.Down), expr: expr.PanelSeconds("down"), unit: unitSpan, width: 125},
		column{title: stateTitle(expr.Degraded), expr: expr.PanelSeconds("degraded"), unit: unitSpan, width: 125},
		column{title: stateTitle(expr.Maintenance), expr: expr.PanelSeconds("maintenance"), unit: unitSpan, width: 125},
		column{title: stateTitle(expr.Unknown), expr: expr.PanelSeconds("unknown"), unit: unitSpan, width: 125})
}

// months draws a point for each month. What counts is how little is missing, so that
// the scale does not begin at zero.
func (b *board) months() *timeseries.PanelBuilder {
	return timeseries.NewPanelBuilder().Unit(unitShare).Max(1).Decimals(2).AxisSoftMin(0.99).ColorScheme(palette()).
		LineWidth(1).ShowPoints(common.VisibilityModeAlways).PointSize(9).
		SpanNulls(common.BoolOrFloat64{Bool: new(true)}).
		Tooltip(common.NewVizTooltipOptionsBuilder().Mode(common.TooltipDisplayModeMulti).Sort(common.SortOrderAscending)).
		Legend(common.NewVizLegendOptionsBuilder().DisplayMode(common.LegendDisplayModeList).
			Placement(common.LegendPlacementBottom).ShowLegend(true).Calcs([]string{})).
		TimeFrom("1y").Interval("1d").MaxDataPoints(1000)
}
