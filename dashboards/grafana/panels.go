package grafana

import (
	"github.com/grafana/grafana-foundation-sdk/go/bargauge"
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/heatmap"
	"github.com/grafana/grafana-foundation-sdk/go/stat"
	"github.com/grafana/grafana-foundation-sdk/go/statetimeline"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"

	"wanwatch/dashboards/texts"
)

// Units, by Grafana's ids.
const (
	unitShare   = "percentunit" // from 0 to 1
	unitSeconds = "s"
	unitSpan    = "dtdhms" // seconds, as days and hh:mm:ss; below zero it would say "ago"
	unitBits    = "bps"
	unitBytes   = "bytes"
	unitRate    = "cps"
	unitPackets = "pps"
	unitCount   = "none"
	unitNumber  = "locale"
)

// unitDate is a day, of milliseconds since 1970.
func (b *board) unitDate() string {
	if b.Language == texts.VI {
		return "time:DD/MM/YYYY"
	}
	return "time:D MMM YYYY"
}

// unitMinutes and unitDays are numbers with the word.
func (b *board) unitMinutes() string { return "suffix:" + b.Say(texts.UnitMinutes) }
func (b *board) unitDays() string    { return "suffix:" + b.Say(texts.UnitDays) }

// unitMoment is a moment, of the same.
func (b *board) unitMoment() string {
	if b.Language == texts.VI {
		return "time:HH:mm DD/MM/YYYY"
	}
	return "time:D MMM YYYY HH:mm"
}

// Legends.
const (
	byName   = "{{name}}"
	bySite   = "{{name}} · {{site_name}}"
	byReason = "{{name}} · {{reason}}"
	byProbe  = "{{name}} · {{probe}}"
)

// linkTo leads from a value to another dashboard; choice sets its variables.
func (b *board) linkTo(name string, title texts.Text, choice string) cog.Builder[dashboard.DashboardLink] {
	return dashboard.NewDashboardLinkBuilder(b.Say(title)).Type(dashboard.DashboardLinkTypeLink).Url(b.urlOf(name, choice))
}

func (b *board) urlOf(name, choice string) string {
	return "/d/" + b.uid(name) + "?var-" + varSource + "=${" + varSource + "}&" + choice + "&${__url_time_range}"
}

// What a value's labels choose.
const (
	siteOfSeries   = "var-" + varSite + "=${__field.labels.site}"
	targetOfSeries = "var-" + varTarget + "=${__field.labels.target}"
	siteOfRow      = "var-" + varSite + "=${__data.fields.site}"
)

// linksOfSeries lead from a series to its site.
func (b *board) linksOfSeries() []cog.Builder[dashboard.DashboardLink] {
	return []cog.Builder[dashboard.DashboardLink]{b.linkTo(site, texts.LinkToSite, siteOfSeries)}
}

// Points along the time: as many as a month over hundreds of targets can be asked for
// within a second; fewer where each takes a histogram of every target.
const (
	points          = 180
	histogramPoints = 60
)

// chart draws lines over time from zero upwards.
func (b *board) chart(unit string) *timeseries.PanelBuilder {
	return timeseries.NewPanelBuilder().Unit(unit).Min(0).MaxDataPoints(points).ColorScheme(palette()).
		LineWidth(1).FillOpacity(6).ShowPoints(common.VisibilityModeNever).
		SpanNulls(common.BoolOrFloat64{Bool: new(false)}).
		Tooltip(common.NewVizTooltipOptionsBuilder().Mode(common.TooltipDisplayModeMulti).Sort(common.SortOrderDescending)).
		Legend(common.NewVizLegendOptionsBuilder().DisplayMode(common.LegendDisplayModeList).
			Placement(common.LegendPlacementBottom).ShowLegend(true).Calcs([]string{}))
}

// limited is a chart that draws its limits as dashed lines, and leads to sites.
func (b *board) limited(unit string, limits cog.Builder[dashboard.ThresholdsConfig]) *timeseries.PanelBuilder {
	return b.chart(unit).Thresholds(limits).DataLinks(b.linksOfSeries()).
		ThresholdsStyle(common.NewGraphThresholdsStyleConfigBuilder().Mode(common.GraphThresholdsStyleModeDashed))
}

// stacked is a chart of parts of a whole.
func (b *board) stacked(unit string) *timeseries.PanelBuilder {
	return b.chart(unit).FillOpacity(70).LineWidth(0).
		Stacking(common.NewStackingConfigBuilder().Mode(common.StackingModeNormal).Group("A"))
}

// barsOverTime is a chart with a bar at each step.
func (b *board) barsOverTime(unit string) *timeseries.PanelBuilder {
	return b.chart(unit).DrawStyle(common.GraphDrawStyleBars).FillOpacity(80).LineWidth(1)
}

// number is one number, or several beside each other with their names.
func (b *board) number(unit string) *stat.PanelBuilder {
	return stat.NewPanelBuilder().Unit(unit).ColorScheme(byThresholds()).
		ColorMode(common.BigValueColorModeValue).GraphMode(common.BigValueGraphModeNone).
		TextMode(common.BigValueTextModeAuto).Orientation(common.VizOrientationAuto).
		ReduceOptions(last())
}

// last takes the last value of each series.
func last() *common.ReduceDataOptionsBuilder {
	return common.NewReduceDataOptionsBuilder().Values(false).Calcs([]string{"lastNotNull"}).Fields("")
}

// bars is a bar for each series.
func (b *board) bars(unit string, limits cog.Builder[dashboard.ThresholdsConfig]) *bargauge.PanelBuilder {
	return bargauge.NewPanelBuilder().Unit(unit).Min(0).Thresholds(limits).ColorScheme(byThresholds()).
		Orientation(common.VizOrientationHorizontal).DisplayMode(common.BarGaugeDisplayModeBasic).
		ShowUnfilled(true).ReduceOptions(last()).DataLinks(b.linksOfSeries())
}

// timeline draws words over time. In Grafana 9.4 the words appear only if colours do
// not come from thresholds.
func (b *board) timeline(words dashboard.ValueMapping) *statetimeline.PanelBuilder {
	return statetimeline.NewPanelBuilder().Unit(unitCount).MaxDataPoints(points).Mappings([]dashboard.ValueMapping{words}).ColorScheme(palette()).
		MergeValues(true).RowHeight(0.85).ShowValue(common.VisibilityModeAuto).AlignValue(common.TimelineValueAlignmentLeft).
		FillOpacity(85).LineWidth(0).DataLinks(b.linksOfSeries()).
		Tooltip(common.NewVizTooltipOptionsBuilder().Mode(common.TooltipDisplayModeSingle).Sort(common.SortOrderNone)).
		Legend(common.NewVizLegendOptionsBuilder().DisplayMode(common.LegendDisplayModeList).
			Placement(common.LegendPlacementBottom).ShowLegend(true).Calcs([]string{}))
}

// stateline is the timeline of states.
func (b *board) stateline() *statetimeline.PanelBuilder { return b.timeline(b.stateWords()) }

// heat draws how many values are how large. The scheme goes from dark to light and is
// read without telling red from green.
func (b *board) heat(unit string) *heatmap.PanelBuilder {
	return heatmap.NewPanelBuilder().Unit(unitCount).MaxDataPoints(histogramPoints).Calculate(false).CellGap(1).
		Color(heatmap.NewHeatmapColorOptionsBuilder().Mode(heatmap.HeatmapColorModeScheme).Scheme("Viridis").
			Scale(heatmap.HeatmapColorScaleExponential).Exponent(0.5).Steps(64).Reverse(false).Fill(blue)).
		YAxis(heatmap.NewYAxisConfigBuilder().Unit(unit).AxisPlacement(common.AxisPlacementLeft)).
		FilterValues(heatmap.NewFilterValueRangeBuilder().Le(1e-9)).ShowLegend()
}
