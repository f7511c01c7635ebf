// Package grafana makes the dashboards for Grafana, in both languages, and the files
// that provision them.
//
// They are made with Grafana's foundation SDK and committed as JSON in vi and en. The
// SDK writes the newest schema; the dashboards keep to what Grafana 9.4 (schema 37)
// knows as well as today's, and say so: newer ones migrate them when they are opened.
package grafana

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"wanwatch/dashboards/texts"
)

// schemaVersion is that of Grafana 9.4.
const schemaVersion = 37

// File is a file to write: its name, with slashes, and what is in it.
type File struct {
	Name string
	Data []byte
}

// maker makes one dashboard.
type maker struct {
	name string // of the file, and the end of the uid
	make func(*board)
}

func makers() []maker {
	return []maker{
		{overview, makeOverview},
		{lines, makeLines},
		{endpoints, makeEndpoints},
		{site, makeSite},
		{capacity, makeCapacity},
		{availability, makeAvailability},
		{monitor, makeMonitor},
	}
}

// Names of the dashboards.
const (
	overview     = "overview"
	lines        = "lines"
	endpoints    = "endpoints"
	site         = "site"
	capacity     = "capacity"
	availability = "availability"
	monitor      = "monitor"
)

// Dashboards returns the dashboards in a language, as JSON that Grafana imports.
func Dashboards(l texts.Language) ([]File, error) {
	var list []File
	for _, m := range makers() {
		b := newBoard(l, m.name)
		m.make(b)
		d, err := b.build()
		if err != nil {
			return nil, fmt.Errorf("dashboard %s: %w", m.name, err)
		}
		text, err := encode(&d)
		if err != nil {
			return nil, fmt.Errorf("dashboard %s: %w", m.name, err)
		}
		list = append(list, File{m.name + ".json", text})
	}
	return list, nil
}

// encode writes a dashboard so that expressions stay readable.
func encode(d *dashboard.Dashboard) ([]byte, error) {
	var raw bytes.Buffer
	e := json.NewEncoder(&raw)
	e.SetEscapeHTML(false)
	if err := e.Encode(d); err != nil {
		return nil, err
	}
	// The SDK's own marshalling has escaped what stands within values.
	value := map[string]any{}
	decoder := json.NewDecoder(&raw)
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	keepOlder(value)
	var out bytes.Buffer
	e = json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(value); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
