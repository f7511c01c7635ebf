package grafana

import (
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/table"

	"wanwatch/dashboards/texts"
)

// column is a column of values: a query, and how its values look.
type column struct {
	title  texts.Text
	expr   string
	unit   string
	limits cog.Builder[dashboard.ThresholdsConfig] // nil: values have no colour
	words  *dashboard.ValueMapping                 // nil: values stand as numbers
	width  int                                     // in pixels; zero: what is left
	digits int                                     // after the point; zero: as many as Grafana likes
	hidden bool                                    // it only makes the rows
}

// heading is a label that is shown as a column.
type heading struct {
	label string
	title texts.Text
	words *dashboard.ValueMapping
	width int
}

// shownLabels are those that queries carry; a table shows those for which it has a heading.
func shownLabels() []string {
	return []string{"name", "site_name", "site", "target", "kind", "provider", "role", "currency", "version", "goversion", "alertname", "severity"}
}

// Headings of labels that most tables show.
func (b *board) headings() (name, place, kind, provider heading) {
	words := b.kindWords()
	return heading{label: "name", title: texts.ColName, width: 210}, heading{label: "site_name", title: texts.VarSite, width: 190},
		heading{label: "kind", title: texts.VarKind, words: &words, width: 145},
		heading{label: "provider", title: texts.VarProvider, width: 95}
}

func (b *board) kindWords() dashboard.ValueMapping {
	var list []entry
	for _, kind := range []string{"link", "uplink", "endpoint", "device"} {
		list = append(list, entry{value: kind, word: texts.Kind(kind)})
	}
	return b.meanings(list...)
}

// table puts a table with a row for each set of labels, sorted by a column: the
// largest first, or the least.
func (b *board) table(w, h uint32, words texts.PanelText, sort texts.Text, largest bool, headings []heading, columns ...column) {
	p := table.NewPanelBuilder().Unit(unitCount).ShowHeader(true).
		SortBy([]cog.Builder[common.TableSortByFieldState]{
			common.NewTableSortByFieldStateBuilder().DisplayName(b.Say(sort)).Desc(largest),
		}).
		WithTransformation(dashboard.DataTransformerConfig{Id: "merge", Options: map[string]any{}}).
		WithTransformation(order(headings, len(columns)))
	shown := map[string]bool{}
	for _, h := range headings {
		shown[h.label] = true
		p.OverrideByName(h.label, b.heading(h))
	}
	for _, label := range shownLabels() {
		if !shown[label] {
			p.OverrideByName(label, []dashboard.DynamicConfigValue{{Id: "custom.hidden", Value: true}})
		}
	}
	var queries []query
	for i, c := range columns {
		p.OverrideByName(valueOf(i, len(columns)), b.column(c))
		queries = append(queries, cells(c.expr))
	}
	b.put(w, h, words, p, queries...)
}

// valueOf is what Grafana calls the values of query i of n.
func valueOf(i, n int) string {
	if n == 1 {
		return "Value"
	}
	return "Value #" + refID(i)
}

// order puts the headings first and the values after them.
func order(headings []heading, values int) dashboard.DataTransformerConfig {
	index := map[string]int{}
	for _, h := range headings {
		index[h.label] = len(index)
	}
	for i := range values {
		index[valueOf(i, values)] = len(index)
	}
	return dashboard.DataTransformerConfig{Id: "organize", Options: map[string]any{
		"excludeByName": map[string]bool{"Time": true}, "indexByName": index, "renameByName": map[string]string{},
	}}
}

func (b *board) heading(h heading) []dashboard.DynamicConfigValue {
	list := []dashboard.DynamicConfigValue{{Id: "displayName", Value: b.Say(h.title)}}
	if h.width > 0 {
		list = append(list, dashboard.DynamicConfigValue{Id: "custom.width", Value: h.width})
	}
	if h.words != nil {
		list = append(list, dashboard.DynamicConfigValue{Id: "mappings", Value: []dashboard.ValueMapping{*h.words}},
			cell("color-text"))
	}
	if h.label == "name" || h.label == "site_name" {
		list = append(list, dashboard.DynamicConfigValue{Id: "links", Value: []map[string]any{
			{"title": b.Say(texts.LinkToSite), "url": b.urlOf(site, siteOfRow)},
		}})
	}
	return list
}

func (b *board) column(c column) []dashboard.DynamicConfigValue {
	if c.hidden {
		return []dashboard.DynamicConfigValue{{Id: "custom.hidden", Value: true}}
	}
	list := []dashboard.DynamicConfigValue{{Id: "displayName", Value: b.Say(c.title)}, {Id: "unit", Value: c.unit}}
	if c.width > 0 {
		list = append(list, dashboard.DynamicConfigValue{Id: "custom.width", Value: c.width})
	}
	if c.digits > 0 {
		list = append(list, dashboard.DynamicConfigValue{Id: "decimals", Value: c.digits})
	}
	if c.limits != nil {
		limits, err := c.limits.Build()
		if err != nil {
			b.errs = append(b.errs, err)
		}
		list = append(list, dashboard.DynamicConfigValue{Id: "thresholds", Value: limits},
			dashboard.DynamicConfigValue{Id: "color", Value: map[string]string{"mode": "thresholds"}}, cell("color-text"))
	}
	if c.words != nil {
		list = append(list, dashboard.DynamicConfigValue{Id: "mappings", Value: []dashboard.ValueMapping{*c.words}}, cell("color-text"))
	}
	return list
}

// cell says how the cells of a column are painted.
func cell(kind string) dashboard.DynamicConfigValue {
	return dashboard.DynamicConfigValue{Id: "custom.cellOptions", Value: map[string]string{"type": kind}}
}
