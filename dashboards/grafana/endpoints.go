package grafana

import (
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	expr "wanwatch/dashboards/query"
	"wanwatch/dashboards/texts"
)

// makeEndpoints makes the dashboard of conference endpoints.
func makeEndpoints(b *board) {
	b.words = texts.BoardEndpoints
	b.choices("endpoint")
	b.meetings()
	b.put(24, 9, texts.PanelTimeline, b.stateline(), over(expr.PanelState, byName))
	b.put(24, 6, texts.PanelMeetings, b.timeline(b.meetingWords()), over(expr.PanelMeeting, byName))
	b.put(12, 8, texts.PanelRegistered, b.timeline(b.registeredWords()), over(expr.PanelRegistered, byName))
	b.put(12, 8, texts.PanelVerdict, b.timeline(b.verdictWords()), over(expr.PanelVerdict, byName))
	b.row(texts.RowQuality)
	b.quality()
	b.put(12, 8, texts.PanelRating, b.limited(unitCount, ratingLimits()).Max(100), over(expr.PanelRating, byName))
	b.put(12, 8, texts.PanelFailures, b.barsOverTime(unitCount), over(expr.PanelFailures, byReason))
	b.row(texts.RowDetails)
	b.put(24, 10, texts.PanelProbes, b.timeline(b.probeWords()), over(expr.PanelProbes, byProbe))
	b.endpointTable(texts.PanelEndpointsTable)
}

func (b *board) meetingWords() dashboard.ValueMapping {
	return b.meanings(entry{"1", texts.WordMeeting, violet}, entry{"0", texts.WordFree, "transparent"})
}

func (b *board) registeredWords() dashboard.ValueMapping {
	return b.meanings(entry{"1", texts.WordRegistered, good()}, entry{"0", texts.WordNotRegistered, bad()})
}

func (b *board) verdictWords() dashboard.ValueMapping {
	return b.meanings(entry{"0", texts.WordGood, good()}, entry{"1", texts.WordFair, fair()}, entry{"2", texts.WordPoor, bad()})
}

func (b *board) probeWords() dashboard.ValueMapping {
	return b.meanings(entry{"1", texts.WordYes, good()}, entry{"0", texts.WordNo, bad()})
}

func (b *board) endpointTable(words texts.PanelText) {
	name, place, _, _ := b.headings()
	inState := b.stateWords()
	b.table(24, 10, words, texts.ColRating, false, []heading{name, place},
		column{title: texts.ColState, expr: expr.PanelState, unit: unitCount, words: &inState, width: 140},
		column{title: texts.ColLoss, expr: expr.PanelLoss, unit: unitShare, limits: lossLimits(), width: 90},
		column{title: texts.ColRTT95, expr: expr.PanelRTTP95, unit: unitSeconds, limits: rttLimits(), width: 100},
		column{title: texts.ColJitter, expr: expr.PanelJitter, unit: unitSeconds, limits: jitterLimits(), width: 130},
		column{title: texts.ColRating, expr: expr.PanelRating, unit: unitCount, limits: ratingLimits(), width: 90},
		column{title: texts.ColNext, expr: expr.PanelMeetingNext, unit: b.unitMoment(), width: 150},
		column{title: texts.ColCall, expr: expr.PanelCallBandwidth, unit: unitBits, width: 120},
		column{title: texts.ColCertEnd, expr: expr.PanelCertificate, unit: b.unitDate(), width: 145})
}
