package grafana

import (
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/stat"

	expr "wanwatch/dashboards/query"
	"wanwatch/dashboards/texts"
)

// makeMonitor makes the dashboard of the monitor itself.
func makeMonitor(b *board) {
	b.words = texts.BoardMonitor
	b.variables = append(b.variables, b.sourceVariable())
	b.put(4, 5, texts.PanelReload, b.number(unitCount).Mappings([]dashboard.ValueMapping{b.probeWords()}).Thresholds(steps(bad(), step{1, good()})), now(expr.PanelReload, ""))
	b.put(4, 5, texts.PanelBlind, b.number(unitShare).Thresholds(rising(0.05, 0.5)), now(expr.PanelBlind, ""))
	b.put(6, 5, texts.PanelKinds, b.names(), now(expr.PanelKinds, "{{kind}}"))
	b.put(5, 5, texts.PanelJobs, b.names(), now(expr.PanelJobs, "{{probe_kind}}"))
	b.table(5, 5, texts.PanelVersion, texts.ColVersion, false, []heading{{label: "version", title: texts.ColVersion}, {label: "goversion", title: texts.Text{VI: "Go", EN: "Go"}, width: 100}},
		column{title: texts.ColState, expr: expr.PanelVersion, hidden: true})
	b.probing()
	b.history()
	b.row(texts.RowProgram)
	b.put(8, 7, texts.PanelCPU, b.chart(unitCount), over(expr.PanelCPU, "CPU"))
	b.put(8, 7, texts.PanelMemory, b.chart(unitBytes), over(expr.PanelMemory, "RSS"))
	b.put(8, 7, texts.PanelGoroutines, b.chart(unitCount), over(expr.PanelGoroutines, "goroutines"))
}

func (b *board) probing() {
	b.row(texts.RowProbing)
	b.put(8, 8, texts.PanelLate, b.chart(unitSeconds), over(expr.PanelSendLag, b.Say(texts.SeriesSend)), over(expr.PanelScheduleLag, "{{probe_kind}}"))
	b.put(8, 8, texts.PanelQueue, told(b.chart(unitSeconds), 2), over(expr.PanelQueue, b.Say(texts.SeriesQueue)), over(expr.PanelScrape, b.Say(texts.SeriesScrape)))
	b.put(8, 8, texts.PanelLost, b.barsOverTime(unitCount),
		over(expr.PanelSkipped, b.Say(texts.SeriesSkipped)+" · {{probe_kind}}"), over(expr.PanelDropped, b.Say(texts.SeriesDropped)),
		over(expr.PanelSendErrors, b.Say(texts.SeriesSendErrors)), over(expr.PanelStalled, b.Say(texts.SeriesStalled)))
}

func (b *board) history() {
	b.row(texts.RowHistory)
	b.put(8, 7, texts.PanelSamples, b.chart(unitRate), over(expr.PanelSamples, b.Say(texts.PanelSamples.Title)))
	b.put(8, 7, texts.PanelSeries, b.chart(unitCount), over(expr.PanelSeries, b.Say(texts.PanelSeries.Title)))
	b.put(8, 7, texts.PanelDisk, told(b.chart(unitBytes), 2), over(expr.PanelStoreSize, b.Say(texts.SeriesSize)), over(expr.PanelStoreFree, b.Say(texts.SeriesFree)))
	b.put(8, 7, texts.PanelAge, b.limited(unitSeconds, rising(30, 60)), over(expr.PanelStoreAge, b.Say(texts.PanelAge.Title)))
	b.put(8, 7, texts.PanelStoreErrors, b.barsOverTime(unitCount), over(expr.PanelStoreErrors, b.Say(texts.SeriesAppend)), over(expr.PanelRuleFailures, "{{group}}"))
	b.put(8, 7, texts.PanelRules, b.chart(unitSeconds), over(expr.PanelRuleSeconds, "{{group}}"))
}

// names shows numbers with what they count.
func (b *board) names() *stat.PanelBuilder {
	p := b.number(unitCount).Thresholds(steps("text")).TextMode(common.BigValueTextModeValueAndName)
	for _, kind := range allKinds() {
		p.OverrideByName(kind, []dashboard.DynamicConfigValue{{Id: "displayName", Value: b.Say(texts.Kind(kind))}})
	}
	return p
}
