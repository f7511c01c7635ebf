package write

import (
	"strings"

	"wanwatch/dashboards/reports/document"
	"wanwatch/dashboards/texts"
)

// letterhead writes who writes, where and when, to whom and about what.
func (p *paper) letterhead(l *document.Letter) {
	y := p.GetY()
	left := p.column(l.Left, margin, y, true)
	right := p.column(l.Right, margin+p.wide()/2, y, true)
	if l.Place != "" {
		right = p.column([]string{l.Place}, margin+p.wide()/2, right+1, false)
	}
	p.SetXY(margin, max(left, right)+6)
	p.middle(p.d.Title, true, 14)
	p.middle(l.About, true, 10)
	p.middle(p.d.Subtitle, false, 9)
	if len(l.To) > 0 {
		p.Ln(2)
		p.middle(p.d.Language.Say(texts.LetterTo)+": "+strings.Join(l.To, "; "), false, 10)
	}
}

// column writes centred lines into half of the page's width, and returns where they end.
func (p *paper) column(lines []string, x, y float64, bold bool) float64 {
	p.ink(document.Plain)
	p.font(bold, 9)
	for _, text := range lines {
		for _, line := range p.SplitText(text, p.wide()/2-4) {
			p.SetXY(x, y)
			p.CellFormat(p.wide()/2, 5, line, "", 0, "C", false, 0, "")
			y += 5
		}
	}
	return y
}

// middle writes centred lines over the width of the page.
func (p *paper) middle(text string, bold bool, size float64) {
	p.ink(document.Plain)
	p.font(bold, size)
	for _, line := range p.SplitText(text, p.wide()-20) {
		p.SetX(margin)
		p.CellFormat(p.wide(), size*0.55, line, "", 1, "C", false, 0, "")
	}
}

// signature writes who gets the letter and who signs it, with room for the hand.
func (p *paper) signature(l *document.Letter) {
	if !p.upright {
		p.turn(true)
	}
	p.room(45)
	p.Ln(8)
	y := p.GetY()
	end := y
	if len(l.Recipients) > 0 {
		p.font(false, 8)
		p.SetXY(margin, y)
		p.CellFormat(p.wide()/2, 4.5, p.d.Language.Say(texts.LetterRecipients)+":", "", 2, "L", false, 0, "")
		for _, r := range l.Recipients {
			p.CellFormat(p.wide()/2, 4.5, "- "+r, "", 2, "L", false, 0, "")
		}
		end = p.GetY()
	}
	for i, line := range l.Sign {
		if i > 0 && i == len(l.Sign)-1 {
			y += 20
		}
		y = p.column([]string{line}, margin+p.wide()/2, y, true)
	}
	p.SetXY(margin, max(end, y)+4)
}
