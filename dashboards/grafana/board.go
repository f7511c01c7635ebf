package grafana

import (
	"errors"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"

	"wanwatch/dashboards/texts"
)

// columns is how wide Grafana's grid is.
const columns = 24

// board is a dashboard in the making. Panels flow from left to right and then down,
// and are numbered in that order.
type board struct {
	texts.Language
	name    string
	words   texts.PanelText
	from    string // the time shown at first
	to      string
	refresh string

	variables   []cog.Builder[dashboard.VariableModel]
	annotations []cog.Builder[dashboard.AnnotationQuery]
	panels      []dashboard.PanelOrRowPanel
	ids         uint32
	x, y, low   uint32 // where the next panel goes, and below the panels of this line
	errs        []error
}

func newBoard(l texts.Language, name string) *board {
	return &board{Language: l, name: name, from: "now-6h", to: "now", refresh: "1m"}
}

// uid is what links to a dashboard name.
func (b *board) uid(name string) string { return "wanwatch-" + string(b.Language) + "-" + name }

// source is the data source that the dashboard's variable names.
func source() common.DataSourceRef {
	return common.DataSourceRef{Type: new("prometheus"), Uid: new("$" + varSource)}
}

// place returns where a panel of a size goes.
func (b *board) place(w, h uint32) *dashboard.GridPos {
	if b.x+w > columns {
		b.x, b.y = 0, b.low
	}
	at := &dashboard.GridPos{X: b.x, Y: b.y, W: w, H: h}
	b.x, b.low = b.x+w, max(b.low, b.y+h)
	return at
}

// row begins a new line of panels under a heading.
func (b *board) row(title texts.Text) {
	b.x, b.y = 0, b.low
	b.ids++
	b.panels = append(b.panels, dashboard.PanelOrRowPanel{RowPanel: &dashboard.RowPanel{
		Type: "row", Id: b.ids, Title: new(b.Say(title)), GridPos: b.place(columns, 1), Panels: []dashboard.Panel{},
	}})
	b.x, b.y = 0, b.low
}

// put adds a panel of a width and height with its words and queries.
func (b *board) put(w, h uint32, words texts.PanelText, panel cog.Builder[dashboard.Panel], queries ...query) {
	p, err := panel.Build()
	if err != nil {
		b.errs = append(b.errs, err)
		return
	}
	b.ids++
	p.Id, p.GridPos = new(b.ids), b.place(w, h)
	p.Title, p.Description = new(b.Say(words.Title)), new(b.Say(words.About))
	p.Datasource = new(source())
	for i, q := range queries {
		target, err := q.build(i).Build()
		if err != nil {
			b.errs = append(b.errs, err)
		}
		p.Targets = append(p.Targets, target)
	}
	b.panels = append(b.panels, dashboard.PanelOrRowPanel{Panel: &p})
}

// build puts the dashboard together.
func (b *board) build() (dashboard.Dashboard, error) {
	d, err := dashboard.NewDashboardBuilder(b.Say(b.words.Title)).
		Uid(b.uid(b.name)).
		Description(b.Say(b.words.About)).
		Tags([]string{"wanwatch", string(b.Language)}).
		Timezone("browser").
		Time(b.from, b.to).
		Refresh(b.refresh).
		Tooltip(dashboard.DashboardCursorSyncCrosshair).
		Editable().
		Variables(b.variables).
		Annotations(b.annotations).
		Link(dashboard.NewDashboardLinkBuilder(b.Say(texts.BoardsLink)).
			Type(dashboard.DashboardLinkTypeDashboards).
			Tags([]string{"wanwatch", string(b.Language)}).
			AsDropdown(true).KeepTime(true).IncludeVars(false)).
		Build()
	d.Panels = b.panels
	d.SchemaVersion = schemaVersion
	return d, errors.Join(append(b.errs, err)...)
}

// query is a query of a panel.
type query struct {
	expr   string
	legend string
	once   bool                       // only for the end of the time shown
	format prometheus.PromQueryFormat // time series unless given
	step   string                     // the least distance of points, if not Grafana's
}

// refID names a query of a panel: A, B and so on.
func refID(i int) string { return string(rune('A' + i)) }

func (q query) build(i int) *prometheus.DataqueryBuilder {
	p := prometheus.NewDataqueryBuilder().Expr(q.expr).RefId(refID(i)).Datasource(source()).
		EditorMode(prometheus.QueryEditorModeCode).Format(prometheus.PromQueryFormatTimeSeries)
	if q.format != "" {
		p.Format(q.format)
	}
	if q.legend != "" {
		p.LegendFormat(q.legend)
	}
	if q.step != "" {
		p.Interval(q.step)
	}
	if q.once {
		return p.Instant()
	}
	return p.Range()
}

// over is a query over the time shown, with a legend.
func over(expr, legend string) query { return query{expr: expr, legend: legend} }

// now is a query for the end of the time shown, with a legend.
func now(expr, legend string) query { return query{expr: expr, legend: legend, once: true} }

// cells is the same as a table.
func cells(expr string) query {
	return query{expr: expr, once: true, format: prometheus.PromQueryFormatTable}
}
