package write

import (
	_ "embed"
	"html/template"
	"io"
	"math"

	"wanwatch/dashboards/reports/document"
	"wanwatch/dashboards/texts"
)

//go:embed report.html
var page string

// HTML writes one file that needs no network and no script. It prints on A4.
func HTML(w io.Writer, d *document.Document) error {
	t, err := template.New("report").Funcs(template.FuncMap{
		"cell":    func(t *document.Table, i int, c document.Cell) string { return d.Write(t.Columns[i].Kind, c) },
		"numeric": func(t *document.Table, i int) bool { return t.Columns[i].Kind != document.Words },
		"ems":     func(c document.Column) int { return c.Width * 2 / 5 },
		"total":   func(t *document.Table) []document.Cell { return t.Total(d.Language.Say(texts.ReportTotal)) },
		"level":   levelName,
		"bars":    func(c *document.Chart) []drawn { return draw(d, c) },
		"marks":   func(c *document.Chart) []drawn { return marks(d, c) },
		"height":  func(c *document.Chart) int { return len(c.Bars)*barHeight + 20 },
		"clock":   d.Language.Clock,
		"say":     func(name string) string { return d.Language.Say(words[name]) },
	}).Parse(page)
	if err != nil {
		return err
	}
	return t.Execute(w, d)
}

// words are those of the frame of a report.
var words = map[string]texts.Text{
	"created": texts.ReportCreated, "sources": texts.ReportSources, "to": texts.LetterTo, "recipients": texts.LetterRecipients, "sign": texts.LetterSign,
}

func levelName(l document.Level) string {
	return [...]string{document.Plain: "plain", document.Good: "good", document.Fair: "fair", document.Bad: "bad"}[l]
}

// Sizes of a chart, in the units of its view box.
const (
	barHeight = 18
	barLeft   = 190
	barRoom   = 420
)

// drawn is a bar, or a mark across all.
type drawn struct {
	Name, Text, Level string
	Y, X, Width       float64
}

// scale is the largest value of a chart, and at least the largest mark.
func scale(c *document.Chart) float64 {
	most := 0.0
	for _, v := range c.Limits {
		most = math.Max(most, v)
	}
	for _, b := range c.Bars {
		if !math.IsNaN(b.Value) {
			most = math.Max(most, b.Value)
		}
	}
	if most == 0 {
		return 1
	}
	return most
}

func draw(d *document.Document, c *document.Chart) []drawn {
	most := scale(c)
	list := make([]drawn, len(c.Bars))
	for i, b := range c.Bars {
		width := 0.0
		if !math.IsNaN(b.Value) {
			width = b.Value / most * barRoom
		}
		list[i] = drawn{Name: b.Name, Text: d.Write(c.Kind, document.Number(b.Value)), Level: levelName(b.Level), Y: float64(i * barHeight), X: barLeft, Width: width}
	}
	return list
}

func marks(d *document.Document, c *document.Chart) []drawn {
	most := scale(c)
	list := make([]drawn, len(c.Limits))
	for i, v := range c.Limits {
		list[i] = drawn{Text: d.Write(c.Kind, document.Number(v)), X: barLeft + v/most*barRoom, Y: float64(len(c.Bars) * barHeight)}
	}
	return list
}
