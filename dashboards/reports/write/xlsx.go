package write

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"wanwatch/dashboards/reports/document"
	"wanwatch/dashboards/texts"
)

// XLSX writes a sheet for each table, with numbers as numbers, and one with the words and
// the sources. What comes from other columns is a
// formula that the reader can check.
func XLSX(w io.Writer, d *document.Document) (err error) {
	b := &book{File: excelize.NewFile(), d: d, styles: map[style]int{}}
	defer func() {
		if e := b.Close(); err == nil {
			err = e
		}
	}()
	if err := b.SetSheetName("Sheet1", sheetName(d.Title)); err != nil {
		return err
	}
	if err := b.front(); err != nil {
		return err
	}
	for _, s := range d.Sections {
		if s.Table != nil {
			if err := b.table(s); err != nil {
				return err
			}
		}
	}
	return b.Write(w)
}

// book is a workbook that is being written.
type book struct {
	*excelize.File
	d      *document.Document
	styles map[style]int
}

// style is how a cell looks.
type style struct {
	kind   document.Kind
	level  document.Level
	header bool
	title  bool
	sum    bool
}

// The colours of levels: dark enough on white for WCAG AA.
func colour(l document.Level) string {
	return [...]string{document.Plain: "1B1F24", document.Good: "1A7F37", document.Fair: "7D4E00", document.Bad: "B3261E"}[l]
}

func (b *book) style(s style) (int, error) {
	if id, ok := b.styles[s]; ok {
		return id, nil
	}
	x := &excelize.Style{
		Font:      &excelize.Font{Family: "Arial", Size: 10, Color: colour(s.level), Bold: s.header || s.title || s.sum || s.level > document.Good},
		Alignment: &excelize.Alignment{Vertical: "top", WrapText: s.header || s.kind == document.Words},
	}
	if s.header {
		x.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"F0F3F6"}}
		x.Border = []excelize.Border{{Type: "bottom", Color: "57606A", Style: 1}}
	}
	if s.title {
		x.Font.Size = 14
		x.Alignment.WrapText = false
	}
	format := ""
	switch {
	case s.header || s.title:
	case s.kind == document.Day:
		format = "dd/mm/yyyy"
	case s.kind == document.Moment:
		format = "dd/mm/yyyy hh:mm:ss"
	case s.kind == document.Length:
		format = "[h]:mm:ss"
	case s.kind == document.Percent:
		format = "0.0##%"
	case s.kind == document.Rate:
		format = "#,##0.0"
	case s.kind == document.Count, s.kind == document.Money:
		format = "#,##0"
	}
	if format != "" {
		x.CustomNumFmt = &format
	}
	id, err := b.NewStyle(x)
	if err != nil {
		return 0, err
	}
	b.styles[s] = id
	return id, nil
}

// put writes one cell with its style.
func (b *book) put(sheet string, column, row int, v any, s style) error {
	at, err := excelize.CoordinatesToCellName(column+1, row)
	if err != nil {
		return err
	}
	id, err := b.style(s)
	if err == nil && v != nil {
		err = b.SetCellValue(sheet, at, v)
	}
	if err == nil {
		err = b.SetCellStyle(sheet, at, at, id)
	}
	return err
}

// front writes the first sheet: what the report is, what it says in words, and where its
// figures come from.
func (b *book) front() error {
	sheet, d := b.GetSheetName(0), b.d
	row := 0
	line := func(s style, text string) error {
		row++
		return b.put(sheet, 0, row, text, s)
	}
	words, bold := style{kind: document.Words}, style{kind: document.Words, header: true}
	if d.Mark != "" {
		if err := line(bold, d.Mark); err != nil {
			return err
		}
	}
	var steps []func() error
	add := func(s style, texts ...string) {
		for _, text := range texts {
			steps = append(steps, func() error { return line(s, text) })
		}
	}
	if l := d.Letter; l != nil {
		add(style{}, l.Left...)
		add(style{}, l.Right...)
		add(style{}, l.Place)
		add(style{title: true}, d.Title)
		add(words, l.About)
		add(words, l.To...)
	} else {
		add(style{}, d.Organization)
		add(style{title: true}, d.Title)
	}
	add(style{}, d.Subtitle)
	for _, s := range d.Sections {
		if len(s.Texts) == 0 {
			continue
		}
		add(bold, s.Title)
		add(words, s.Texts...)
	}
	if l := d.Letter; l != nil {
		add(words, l.Recipients...)
		add(bold, l.Sign...)
	}
	for _, f := range d.Sources {
		add(words, f.Name+": "+f.Text)
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	if err := b.SetColWidth(sheet, "A", "A", 110); err != nil {
		return err
	}
	return b.page(sheet, "")
}

// table writes a sheet: frozen header, filter, widths, print area; and its chart below.
func (b *book) table(s document.Section) error {
	t, sheet := s.Table, sheetName(s.Table.Name)
	if _, err := b.NewSheet(sheet); err != nil {
		return err
	}
	for i, c := range t.Columns {
		if err := b.put(sheet, i, 1, c.Title, style{header: true}); err != nil {
			return err
		}
		name, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := b.SetColWidth(sheet, name, name, float64(max(c.Width, 8))); err != nil {
			return err
		}
	}
	for n, row := range t.Rows {
		for i, cell := range row {
			if err := b.cell(sheet, t, i, n+2, cell, row); err != nil {
				return err
			}
		}
	}
	end := len(t.Rows) + 1
	if total := t.Total(b.d.Language.Say(texts.ReportTotal)); total != nil {
		end++
		if err := b.total(sheet, t, total, end); err != nil {
			return err
		}
	}
	last, err := excelize.CoordinatesToCellName(len(t.Columns), end)
	if err != nil {
		return err
	}
	if err := b.SetPanes(sheet, &excelize.Panes{Freeze: true, XSplit: 1, YSplit: 1, TopLeftCell: "B2", ActivePane: "bottomRight"}); err != nil {
		return err
	}
	filtered, err := excelize.CoordinatesToCellName(len(t.Columns), len(t.Rows)+1)
	if err != nil {
		return err
	}
	if err := b.AutoFilter(sheet, "A1:"+filtered, nil); err != nil {
		return err
	}
	if s.Chart != nil {
		if err := b.chart(sheet, s.Chart, end+2); err != nil {
			return err
		}
	}
	return b.page(sheet, last)
}

// cell writes a value, or the formula of a quotient whose parts are known.
func (b *book) cell(sheet string, t *document.Table, column, row int, c document.Cell, all []document.Cell) error {
	k := t.Columns[column].Kind
	var v any
	switch {
	case !c.Known() || k == document.Words:
		v = value(k, c)
	case k == document.Day:
		year, month, day := c.Time.Date()
		v = time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	case k == document.Moment:
		v = c.Time
	case k == document.Rate:
		v = c.Number / 1e6
	case k == document.Length:
		v = c.Number / (24 * 3600) // spreadsheets count days
	default:
		v = c.Number
	}
	s := style{kind: k, level: c.Level}
	if !c.Known() {
		s.kind = document.Words
	}
	if err := b.put(sheet, column, row, v, s); err != nil {
		return err
	}
	return b.formula(sheet, t, column, row, c, all)
}

// formula writes how a value comes from others of its row. A product is written also where
// a factor is still to be filled in.
func (b *book) formula(sheet string, t *document.Table, column, row int, c document.Cell, all []document.Cell) error {
	f := t.Columns[column].Formula
	if f == nil {
		return nil
	}
	name := func(column int) string {
		n, _ := excelize.CoordinatesToCellName(column+1, row) // as many columns as the table has
		return n
	}
	of, by := name(f.Of), name(f.By)
	switch {
	case f.Times:
		if err := b.put(sheet, column, row, nil, style{kind: t.Columns[column].Kind, level: c.Level}); err != nil {
			return err
		}
		return b.SetCellFormula(sheet, name(column), fmt.Sprintf(`IF(AND(ISNUMBER(%s),ISNUMBER(%s)),%s*%s,"")`, of, by, of, by))
	case c.Known() && all[f.Of].Known() && all[f.By].Known():
		return b.SetCellFormula(sheet, name(column), of+"/"+by)
	}
	return nil
}

// total writes the row of sums, as formulas.
func (b *book) total(sheet string, t *document.Table, total []document.Cell, row int) error {
	for i, c := range total {
		k := t.Columns[i].Kind
		s := style{kind: k, header: true}
		if !t.Columns[i].Sum {
			if err := b.put(sheet, i, row, value(document.Words, c), s); err != nil {
				return err
			}
			continue
		}
		if err := b.put(sheet, i, row, value(k, c), style{kind: k, sum: true}); err != nil {
			return err
		}
		name, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := b.SetCellFormula(sheet, name+strconv.Itoa(row), fmt.Sprintf("SUM(%s2:%s%d)", name, name, row-1)); err != nil {
			return err
		}
	}
	return nil
}

// chart draws bars below the table, from figures that stand beside it.
func (b *book) chart(sheet string, c *document.Chart, row int) error {
	for i, bar := range c.Bars {
		if err := b.put(sheet, 0, row+i, bar.Name, style{kind: document.Words}); err != nil {
			return err
		}
		if err := b.put(sheet, 1, row+i, value(c.Kind, document.Number(bar.Value)), style{kind: c.Kind}); err != nil {
			return err
		}
	}
	end := row + len(c.Bars) - 1
	quoted := "'" + strings.ReplaceAll(sheet, "'", "''") + "'"
	at, err := excelize.CoordinatesToCellName(4, row)
	if err != nil {
		return err
	}
	return b.AddChart(sheet, at, &excelize.Chart{
		Type: excelize.Bar,
		Series: []excelize.ChartSeries{{
			Name:       c.Title,
			Categories: fmt.Sprintf("%s!$A$%d:$A$%d", quoted, row, end), Values: fmt.Sprintf("%s!$B$%d:$B$%d", quoted, row, end),
		}},
		Title:     excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: c.Title}}},
		Legend:    excelize.ChartLegend{Position: "none"},
		YAxis:     excelize.ChartAxis{MajorGridLines: true},
		XAxis:     excelize.ChartAxis{ReverseOrder: true},
		Dimension: excelize.ChartDimension{Width: 720, Height: uint(max(200, 24*len(c.Bars)+80))},
	})
}

// page sets a sheet up for printing on A4, with the classification and page numbers; last
// is the last cell of a table whose header is repeated.
func (b *book) page(sheet, last string) error {
	paper, landscape, wide, tall, fit := 9, "landscape", 1, 0, true // A4
	if err := b.SetPageLayout(sheet, &excelize.PageLayoutOptions{Size: &paper, Orientation: &landscape, FitToWidth: &wide, FitToHeight: &tall}); err != nil {
		return err
	}
	if err := b.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	foot := excelize.HeaderFooterOptions{OddFooter: "&L" + escape(b.d.Title) + "&R&P / &N"}
	if b.d.Mark != "" {
		foot.OddHeader = "&C&B" + escape(b.d.Mark)
	}
	if err := b.SetHeaderFooter(sheet, &foot); err != nil {
		return err
	}
	if last == "" {
		return nil
	}
	quoted := "'" + strings.ReplaceAll(sheet, "'", "''") + "'!"
	corner := strings.TrimRight(last, "0123456789")
	for name, to := range map[string]string{
		"_xlnm.Print_Titles": quoted + "$1:$1",
		"_xlnm.Print_Area":   quoted + "$A$1:$" + corner + "$" + last[len(corner):],
	} {
		if err := b.SetDefinedName(&excelize.DefinedName{Name: name, RefersTo: to, Scope: sheet}); err != nil {
			return err
		}
	}
	return nil
}

// escape keeps a text from being taken for codes of headers and footers.
func escape(s string) string { return strings.ReplaceAll(s, "&", "&&") }

// sheetName makes a name that spreadsheets take: at most 31 characters, none of : \ / ? * [ ].
func sheetName(s string) string {
	s = strings.NewReplacer(":", " ", `\`, " ", "/", " ", "?", " ", "*", " ", "[", "(", "]", ")").Replace(s)
	if r := []rune(s); len(r) > 31 {
		s = string(r[:31])
	}
	return strings.Trim(s, "' ")
}
