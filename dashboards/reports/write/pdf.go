package write

import (
	"fmt"
	"io"
	"strings"

	"codeberg.org/go-pdf/fpdf"
	"github.com/go-fonts/dejavu/dejavusans"
	"github.com/go-fonts/dejavu/dejavusansbold"

	"wanwatch/dashboards/reports/document"
	"wanwatch/dashboards/texts"
)

// Sizes on paper, in millimetres.
const (
	margin     = 12.0
	bottom     = margin + 6 // what is below belongs to the page's number
	lineHigh   = 4.0
	cellMargin = 1.0
	fontSize   = 8.0 // points
	barHigh    = 5.0
	nameWide   = 70.0
)

// PDF writes pages of A4 with their fonts in them, page numbers, and tables whose header
// stands on each page: reports on the side unless they ask otherwise, letters upright but for
// their wide tables.
func PDF(w io.Writer, d *document.Document) error {
	p := &paper{Fpdf: fpdf.New("L", "mm", "A4", ""), d: d}
	p.AddUTF8FontFromBytes("sans", "", dejavusans.TTF)
	p.AddUTF8FontFromBytes("sans", "B", dejavusansbold.TTF)
	p.SetTitle(d.Title, true)
	p.SetAuthor(d.Organization, true)
	p.SetCreationDate(d.Created)
	p.SetModificationDate(d.Created)
	p.SetMargins(margin, margin, margin)
	p.SetAutoPageBreak(false, 0)
	p.AliasNbPages("{all}")
	p.SetHeaderFunc(p.head)
	p.SetFooterFunc(p.foot)
	p.turn(d.Letter != nil || d.Upright)
	if d.Letter != nil {
		p.letterhead(d.Letter)
	} else {
		p.front()
	}
	for _, s := range d.Sections {
		p.section(s)
	}
	if d.Letter != nil {
		p.signature(d.Letter)
	}
	p.sources()
	return p.Output(w)
}

// paper is a document on its way to paper.
type paper struct {
	*fpdf.Fpdf
	d       *document.Document
	upright bool
}

// turn begins a page, upright or on its side.
func (p *paper) turn(upright bool) {
	p.upright = upright
	way := "L"
	if upright {
		way = "P"
	}
	p.AddPageFormat(way, p.GetPageSizeStr("A4"))
	p.SetXY(margin, margin)
}

// wide is the room between the margins.
func (p *paper) wide() float64 {
	wide, _ := p.GetPageSize()
	return wide - 2*margin
}

func (p *paper) font(bold bool, size float64) {
	weight := ""
	if bold {
		weight = "B"
	}
	p.SetFont("sans", weight, size)
}

// ink sets the colour of a level; 0 is that of ordinary text.
func (p *paper) ink(l document.Level) {
	var r, g, b int
	_, _ = fmt.Sscanf(colour(l), "%02X%02X%02X", &r, &g, &b) // our own constants
	p.SetTextColor(r, g, b)
}

func (p *paper) head() {
	if p.d.Mark == "" {
		return
	}
	wide, high := p.GetPageSize()
	p.font(true, 60)
	p.SetFontSize(min(60, 60*wide/p.GetStringWidth(p.d.Mark)*0.8))
	p.SetTextColor(238, 238, 238)
	p.TransformBegin()
	p.TransformRotate(25, wide/2, high/2)
	p.Text(wide/2-p.GetStringWidth(p.d.Mark)/2, high/2+8, p.d.Mark)
	p.TransformEnd()
	p.ink(document.Bad)
	p.font(true, 9)
	p.SetXY(margin, 4)
	p.CellFormat(p.wide(), 5, p.d.Mark, "", 0, "C", false, 0, "")
	p.SetXY(margin, margin)
}

func (p *paper) foot() {
	p.ink(document.Plain)
	p.font(false, 7)
	_, high := p.GetPageSize()
	p.SetXY(margin, high-margin-2)
	p.CellFormat(p.wide()/2, 5, p.d.Title, "", 0, "L", false, 0, "")
	p.CellFormat(p.wide()/2, 5, fmt.Sprintf("%d / {all}", p.PageNo()), "", 0, "R", false, 0, "")
}

// room makes sure that something fits on the page, else it begins the next.
func (p *paper) room(high float64) (begun bool) {
	if _, end := p.GetPageSize(); p.GetY()+high <= end-bottom {
		return false
	}
	p.turn(p.upright)
	return true
}

// words writes a text over the width of the page.
func (p *paper) words(text string, bold bool, size, high float64) {
	p.ink(document.Plain)
	p.font(bold, size)
	for _, line := range p.SplitText(text, p.wide()) {
		p.room(high)
		p.SetX(margin)
		p.CellFormat(p.wide(), high, line, "", 1, "L", false, 0, "")
	}
}

func (p *paper) front() {
	p.words(p.d.Organization, false, 9, 5)
	p.words(p.d.Title, true, 16, 9)
	p.words(p.d.Subtitle+" · "+p.d.Language.Say(words["created"])+" "+p.d.Language.Clock(p.d.Created), false, 9, 6)
}

// mostUpright is how many columns a table has that still fits on an upright page.
const mostUpright = 7

func (p *paper) section(s document.Section) {
	if upright := (p.d.Letter != nil || p.d.Upright) && (s.Table == nil || len(s.Table.Columns) <= mostUpright); upright != p.upright {
		p.turn(upright)
	}
	p.room(20) // no heading alone at the end of a page
	p.Ln(3)
	p.words(s.Title, true, 11, 7)
	for _, text := range s.Texts {
		p.words(text, false, 9, 4.6)
	}
	if s.Chart != nil && len(s.Chart.Bars) > 0 {
		p.chart(s.Chart)
	}
	if s.Table != nil {
		p.table(s.Table)
	}
}

// widths shares the page's width among the columns as their own widths say.
func (p *paper) widths(t *document.Table) []float64 {
	sum := 0.0
	list := make([]float64, len(t.Columns))
	for i, c := range t.Columns {
		list[i] = float64(max(c.Width, 6))
		sum += list[i]
	}
	for i := range list {
		list[i] *= p.wide() / sum
	}
	return list
}

func (p *paper) table(t *document.Table) {
	wide := p.widths(t)
	head := make([]document.Cell, len(t.Columns))
	for i, c := range t.Columns {
		head[i] = document.Text(c.Title)
	}
	p.Ln(1)
	p.row(t, wide, head, true, nil)
	rows := t.Rows
	if t.OnPaper > 0 {
		rows = rows[:min(t.OnPaper, len(rows))]
	}
	for _, r := range rows {
		p.row(t, wide, r, false, head)
	}
	if more := len(t.Rows) - len(rows); more > 0 {
		p.words(p.d.Language.Say(texts.ReportMore, more), false, 8, 4.6)
	}
	if total := t.Total(p.d.Language.Say(texts.ReportTotal)); total != nil {
		p.row(t, wide, total, false, head)
	}
}

// row writes a row as high as its longest cell, on the next page if it does not fit here,
// with the header above it there.
func (p *paper) row(t *document.Table, wide []float64, cells []document.Cell, header bool, head []document.Cell) {
	lines := make([][]string, len(cells))
	most := 1
	for i, c := range cells {
		text := c.Text
		if !header {
			text = p.d.Write(t.Columns[i].Kind, c)
		}
		p.font(header || c.Level > document.Good, fontSize-0.5)
		lines[i] = p.SplitText(strings.TrimSpace(text), wide[i]-2*cellMargin)
		most = max(most, len(lines[i]))
	}
	high := float64(most)*lineHigh + 1
	if p.room(high) && head != nil {
		p.row(t, wide, head, true, nil)
	}
	x, y := margin, p.GetY()
	p.SetDrawColor(201, 209, 217)
	for i, c := range cells {
		look := "D"
		if header {
			p.SetFillColor(240, 243, 246)
			look = "DF"
		}
		p.Rect(x, y, wide[i], high, look)
		p.ink(c.Level)
		p.font(header || c.Level > document.Good, fontSize-0.5)
		align := "L"
		if !header && t.Columns[i].Kind != document.Words {
			align = "R"
		}
		for n, line := range lines[i] {
			p.SetXY(x, y+0.5+float64(n)*lineHigh)
			p.CellFormat(wide[i], lineHigh, line, "", 0, align, false, 0, "")
		}
		x += wide[i]
	}
	p.SetXY(margin, y+high)
}

// chart draws bars; those that do not fit go on the next page.
func (p *paper) chart(c *document.Chart) {
	most, space := scale(c), p.wide()-nameWide-25
	p.font(false, fontSize)
	for _, b := range draw(p.d, c) {
		p.room(barHigh)
		y := p.GetY()
		p.ink(document.Plain)
		p.SetXY(margin, y)
		p.CellFormat(nameWide, barHigh, p.cut(b.Name, nameWide-2), "", 0, "R", false, 0, "")
		p.fill(b.Level)
		long := b.Width / barRoom * space
		p.Rect(margin+nameWide, y+0.8, long, barHigh-1.6, "F")
		p.SetXY(margin+nameWide+long+1, y)
		p.CellFormat(20, barHigh, b.Text, "", 0, "L", false, 0, "")
		p.SetDrawColor(87, 96, 106)
		for _, v := range c.Limits {
			at := margin + nameWide + v/most*space
			p.Line(at, y, at, y+barHigh)
		}
		p.SetXY(margin, y+barHigh)
	}
	p.room(lineHigh)
	y := p.GetY()
	p.font(false, fontSize-1.5)
	for _, m := range marks(p.d, c) {
		p.SetXY(margin+nameWide+(m.X-barLeft)/barRoom*space-10, y)
		p.CellFormat(20, lineHigh, m.Text, "", 0, "C", false, 0, "")
	}
	p.SetXY(margin, y+lineHigh+1)
}

func (p *paper) fill(level string) {
	switch level {
	case "good":
		p.SetFillColor(26, 127, 55)
	case "fair":
		p.SetFillColor(184, 119, 11)
	case "bad":
		p.SetFillColor(179, 38, 30)
	default:
		p.SetFillColor(11, 92, 173)
	}
}

// cut shortens a text to a width.
func (p *paper) cut(text string, wide float64) string {
	if p.GetStringWidth(text) <= wide {
		return text
	}
	r := []rune(text)
	for len(r) > 1 && p.GetStringWidth(string(r)+"…") > wide {
		r = r[:len(r)-1]
	}
	return string(r) + "…"
}

func (p *paper) sources() {
	p.room(20)
	p.Ln(3)
	p.words(p.d.Language.Say(words["sources"]), true, 11, 7)
	for _, f := range p.d.Sources {
		p.words(f.Name+": "+f.Text, false, 8, 4.2)
	}
}
