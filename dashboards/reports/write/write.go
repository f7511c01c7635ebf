// Package write writes documents: as a spreadsheet, on paper, as a page of its own, and for
// programs.
package write

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"wanwatch/dashboards/reports/document"
)

// Format is a kind of file.
type Format struct {
	Name  string // as it ends file names
	Write func(io.Writer, *document.Document) error
}

// Formats returns all, that for people first.
func Formats() []Format {
	return []Format{{"pdf", PDF}, {"xlsx", XLSX}, {"html", HTML}, {"csv", CSV}, {"json", JSON}}
}

// ByName finds a format.
func ByName(name string) (Format, bool) {
	for _, f := range Formats() {
		if f.Name == strings.ToLower(name) {
			return f, true
		}
	}
	return Format{}, false
}

// File writes a document into a file that only its owner reads. Nothing half-written is
// left behind: the file appears when it is whole, or not at all.
func File(path string, f Format, d *document.Document) error {
	return whole(path, func(w io.Writer) error { return f.Write(w, d) })
}

// Whole writes data in the same way.
func Whole(path string, data []byte) error {
	return whole(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

func whole(path string, content func(io.Writer) error) (err error) {
	temporary, err := os.CreateTemp(filepath.Dir(path), ".wanwatch-*") // with mode 0600
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(temporary.Name())
			err = fmt.Errorf("writing %s: %w", path, err)
		}
	}()
	err = content(temporary)
	if e := temporary.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	return err
}

// CSV writes the form of a document that has one, else the tables one below the other, each under its name, with an empty line
// between; as UTF-8 with a mark at the beginning, without which spreadsheets take
// Vietnamese for something else. Numbers are plain, days as 2026-12-31.
func CSV(w io.Writer, d *document.Document) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	c := csv.NewWriter(w)
	if d.Form != nil {
		return c.WriteAll(lines(d.Form))
	}
	first := true
	for _, s := range d.Sections {
		if s.Table == nil {
			continue
		}
		var rows [][]string
		if !first {
			rows = append(rows, []string{})
		}
		first = false
		rows = append(rows, []string{s.Table.Name})
		if err := c.WriteAll(append(rows, lines(s.Table)...)); err != nil {
			return err
		}
	}
	return nil
}

// lines are a table with its titles, for a program.
func lines(t *document.Table) [][]string {
	rows := [][]string{titles(t)}
	for _, row := range t.Rows {
		line := make([]string, len(row))
		for i, cell := range row {
			line[i] = plain(t.Columns[i].Kind, cell)
		}
		rows = append(rows, line)
	}
	return rows
}

func titles(t *document.Table) []string {
	list := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		list[i] = c.Title
	}
	return list
}

// plain is a value for a program; text that a spreadsheet would take for a formula is
// made harmless.
func plain(k document.Kind, c document.Cell) string {
	switch v := value(k, c).(type) {
	case nil:
		return ""
	case string:
		if v != "" && strings.ContainsRune("=+-@\t\r", rune(v[0])) {
			return "'" + v
		}
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	default:
		return fmt.Sprint(v)
	}
}

// value is a cell for programs: a text, a number in the unit of its column, a day as
// 2026-12-31, a moment in RFC 3339, a length in seconds, or nil.
func value(k document.Kind, c document.Cell) any {
	switch {
	case !c.Known() && c.Text == "":
		return nil
	case !c.Known(), k == document.Words:
		return c.Text
	case k == document.Day:
		return c.Time.Format("2006-01-02")
	case k == document.Moment:
		return c.Time.Format("2006-01-02T15:04:05Z07:00")
	case k == document.Rate:
		return c.Number / 1e6
	default:
		return c.Number
	}
}

// JSON writes the document as one object: its tables as lists of objects by column title.
func JSON(w io.Writer, d *document.Document) error {
	type table struct {
		Name    string   `json:"name"`
		Columns []string `json:"columns"`
		Rows    [][]any  `json:"rows"`
	}
	type section struct {
		Title string   `json:"title"`
		Texts []string `json:"texts,omitempty"`
		Table *table   `json:"table,omitempty"`
	}
	type letter struct {
		Head       [2][]string `json:"head"`
		Place      string      `json:"place,omitempty"`
		To         []string    `json:"to,omitempty"`
		About      string      `json:"about,omitempty"`
		Recipients []string    `json:"recipients,omitempty"`
		Sign       []string    `json:"sign,omitempty"`
	}
	all := struct {
		Organization string            `json:"organization"`
		Title        string            `json:"title"`
		Subtitle     string            `json:"subtitle"`
		Mark         string            `json:"mark,omitempty"`
		Created      string            `json:"created"`
		Letter       *letter           `json:"letter,omitempty"`
		Sections     []section         `json:"sections"`
		Sources      map[string]string `json:"sources"`
	}{d.Organization, d.Title, d.Subtitle, d.Mark, d.Created.Format("2006-01-02T15:04:05Z07:00"), nil, nil, map[string]string{}}
	if l := d.Letter; l != nil {
		all.Letter = &letter{[2][]string{l.Left, l.Right}, l.Place, l.To, l.About, l.Recipients, l.Sign}
	}
	for _, s := range d.Sections {
		one := section{Title: s.Title, Texts: s.Texts}
		if s.Table != nil {
			one.Table = &table{Name: s.Table.Name, Columns: titles(s.Table), Rows: [][]any{}}
			for _, row := range s.Table.Rows {
				line := make([]any, len(row))
				for i, cell := range row {
					line[i] = value(s.Table.Columns[i].Kind, cell)
				}
				one.Table.Rows = append(one.Table.Rows, line)
			}
		}
		all.Sections = append(all.Sections, one)
	}
	for _, f := range d.Sources {
		all.Sources[f.Name] = f.Text
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(all)
}
