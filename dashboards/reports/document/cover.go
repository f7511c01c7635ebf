package document

import "wanwatch/dashboards/texts"

// Cover is the mail that a report is attached to: what it is, and what it says first.
func (d *Document) Cover() (subject, text string) {
	subject = d.Title + " – " + d.Subtitle
	if d.Mark != "" {
		subject, text = "["+d.Mark+"] "+subject, d.Mark+"\n\n"
	}
	text += d.Organization + "\n" + d.Title + "\n" + d.Subtitle + "\n\n"
	if len(d.Sections) > 0 {
		for _, line := range d.Sections[0].Texts {
			text += line + "\n"
		}
	}
	return subject, text + "\n" + d.Language.Say(texts.ReportAttached) + "\n"
}
