package grafana

import (
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"

	expr "wanwatch/dashboards/query"
	"wanwatch/dashboards/texts"
)

// makeLines makes the dashboard of links and uplinks.
func makeLines(b *board) {
	b.words = texts.BoardLines
	b.choices("link", "uplink")
	b.put(24, 10, texts.PanelTimeline, b.stateline(), over(expr.PanelState, byName))
	b.row(texts.RowQuality)
	b.quality()
	b.put(12, 8, texts.PanelRTTHeat, b.heat(unitSeconds), query{expr: expr.PanelRTTBuckets, legend: "{{le}}", format: "heatmap"})
	b.put(12, 8, texts.PanelRTTShares, told(b.chart(unitSeconds).MaxDataPoints(histogramPoints), 3),
		over(expr.PanelRTTQuantile(0.5), "P50"), over(expr.PanelRTTQuantile(0.95), "P95"), over(expr.PanelRTTQuantile(0.99), "P99"))
	b.row(texts.RowTraffic)
	b.traffic()
	b.put(12, 8, texts.PanelUse, b.limited(unitShare, useLimits()), b.use()...)
	b.put(12, 8, texts.PanelErrors, b.chart(unitPackets).DataLinks(b.linksOfSeries()), over(expr.PanelErrors, byName))
	b.row(texts.RowDetails)
	b.lineTable()
}

// quality puts loss, delay and jitter of each target.
func (b *board) quality() {
	b.put(8, 8, texts.PanelLoss, b.limited(unitShare, lossLimits()), over(expr.PanelLoss, byName))
	b.put(8, 8, texts.PanelRTT, b.limited(unitSeconds, rttLimits()), over(expr.PanelRTTP95, byName))
	b.put(8, 8, texts.PanelJitter, b.limited(unitSeconds, jitterLimits()), over(expr.PanelJitter, byName))
}

// traffic puts both directions beside what the contract grants.
func (b *board) traffic() {
	b.put(12, 8, texts.PanelTowards, b.besideContract(), over(expr.PanelThroughput(expr.TowardsSite), byName),
		over(expr.PanelContracted(expr.TowardsSite), b.contracted()))
	b.put(12, 8, texts.PanelFrom, b.besideContract(), over(expr.PanelThroughput(expr.FromSite), byName),
		over(expr.PanelContracted(expr.FromSite), b.contracted()))
}

func (b *board) contracted() string { return byName + " · " + b.Say(texts.ColContracted) }

// use asks for the share of the contract in use in both directions.
func (b *board) use() []query {
	return []query{
		over(expr.PanelUtilization(expr.TowardsSite), byName+" · "+b.Say(texts.ColTowards)),
		over(expr.PanelUtilization(expr.FromSite), byName+" · "+b.Say(texts.ColFrom)),
	}
}

// besideContract draws what query B gives as dashes.
func (b *board) besideContract() *timeseries.PanelBuilder {
	return b.chart(unitBits).DataLinks(b.linksOfSeries()).OverrideByQuery("B", []dashboard.DynamicConfigValue{
		{Id: "custom.lineStyle", Value: map[string]any{"fill": "dash", "dash": []int{10, 10}}},
		{Id: "custom.fillOpacity", Value: 0},
	})
}

func (b *board) lineTable() {
	name, place, _, provider := b.headings()
	words := b.stateWords()
	b.table(24, 12, texts.PanelLinesTable, texts.ColWeek, true, []heading{name, place, provider},
		column{title: texts.ColState, expr: expr.PanelState, unit: unitCount, words: &words, width: 140},
		column{title: texts.ColLoss, expr: expr.PanelLoss, unit: unitShare, limits: lossLimits(), width: 90},
		column{title: texts.ColRTT95, expr: expr.PanelRTTP95, unit: unitSeconds, limits: rttLimits(), width: 100},
		column{title: texts.ColJitter, expr: expr.PanelJitter, unit: unitSeconds, limits: jitterLimits(), width: 120},
		column{title: texts.ColTowards, expr: expr.PanelThroughput(expr.TowardsSite), unit: unitBits, width: 110},
		column{title: texts.ColFrom, expr: expr.PanelThroughput(expr.FromSite), unit: unitBits, width: 110},
		column{title: texts.ColContracted, expr: expr.PanelContracted(expr.TowardsSite), unit: unitBits, width: 110},
		column{title: texts.ColWeek, expr: expr.PanelWeek, unit: unitShare, limits: useLimits(), width: 100},
		column{title: texts.ColSLA, expr: expr.PanelSLA, unit: unitShare, digits: 2, width: 90})
}
