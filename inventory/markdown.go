package inventory

import (
	"bytes"
	"embed"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// snippets are the examples of the documentation, one a section. Together they
// are an inventory, which a test loads.
//
//go:embed snippets/*.yaml
var snippets embed.FS

// Markdown returns docs/inventory.md: how inventories are written, with a table
// of the keys of each section and of the settings of each kind of probe. It
// comes from the same tags as the decoder.
func Markdown(kinds []ProbeKind) []byte {
	m, err := newModel(kinds)
	if err != nil {
		return []byte(fmt.Sprintf("The kinds of probe cannot be documented: %s\n", err))
	}
	w := &markdown{model: m}
	w.text(introText)
	w.general()
	w.values()
	for _, f := range m.structs[reflect.TypeFor[Inventory]()].fields {
		if t := elem(f.typ); t.Kind() == reflect.Map {
			w.section(f, t.Elem().Elem())
		} else if f.typ.Kind() == reflect.Slice {
			w.section(f, elem(t))
		}
	}
	w.probes()
	w.text(outroText)
	return w.Bytes()
}

type markdown struct {
	bytes.Buffer
	model *model
}

const introText = `# The inventory

<!-- Made by "go test ./inventory -run TestDocsAreFresh -update"; change the struct tags and inventory/markdown.go instead. -->

The inventory says what is watched: sites, links, uplinks, conference endpoints, the devices behind them, and what was agreed about them. It is YAML, in one file or in a folder of files, and the only place where targets are written down.

- **A folder** is read as one inventory: all files in it that end in .yaml or .yml (or .YAML, .YML), in the order of their names. Folders in it and hidden files are left out. Sections of several files are put together; an id may stand in one file only. Files that end in .ics are calendars of meetings: see [meetings.md](meetings.md#from-calendars).
- **Everything is checked** before anything runs: ` + "`wanwatch validate INVENTORY`" + ` prints every problem of every file as ` + "`file:line:col: path: message`" + ` and ends with exit code 1 if there is one. A reload with problems changes nothing.
- **Ids** are the keys of the sections: lower-case letters, digits and single hyphens, at most 63 characters. The ids of links, uplinks, endpoints and devices are labels of metrics, so each is used once among all four. Names are free text in any script.
- **Secrets** never stand in the inventory, only where they are: ` + "`{file: /run/secrets/NAME}` or `{env: NAME}`" + `. A relative path starts at the folder of the inventory file.
- **Anchors, aliases and merge keys** (` + "`&name`, `*name`, `<<: *name`" + `) work within a file. Keys of the top level that begin with ` + "`x-`" + ` are ignored and are a good place for anchors.
- **An editor** that knows JSON Schema completes and checks while you write: ` + "`wanwatch schema > wanwatch.schema.json`" + `, and ` + "`# yaml-language-server: $schema=wanwatch.schema.json`" + ` as the first line of the file.

The inventory is a map of the network: let only those read it who must (` + "`chmod 640`" + `).

`

const outroText = `## What the program makes of it

Links, uplinks, endpoints and devices are **targets**: each has the label ` + "`target`" + ` (its id), ` + "`kind`" + ` (link, uplink, endpoint, device) and ` + "`site`" + ` in every metric. The interfaces that links and uplinks name are polled on their device; so a device that is named needs a credential. A probe of a kind that this version does not run yet is checked, and a warning says that it is not run.

Times without an offset are meant in the inventory's time zone. A local time that does not exist, or comes twice, because the clocks change is a problem that says how to write it. Recurring meetings and maintenance repeat the clock on the wall, so that a meeting at eight stays at eight; if that time does not exist on a day, it is read with the offset before the change, and if it comes twice, the first is meant (RFC 5545).
`

func (w *markdown) text(s string) { w.WriteString(s) }

func (w *markdown) printf(format string, args ...any) { fmt.Fprintf(w, format, args...) }

// example prints the snippet of a section.
func (w *markdown) example(section string) {
	data, err := snippets.ReadFile("snippets/" + section + ".yaml")
	if err == nil {
		w.printf("```yaml\n%s```\n\n", data)
	}
}

const tableHead = "| key | type | required | default | meaning |\n|---|---|---|---|---|\n"

// general documents the single values of the top level, and lists the sections.
func (w *markdown) general() {
	w.text("## The top level\n\n")
	w.example("general")
	w.text(tableHead)
	for _, f := range w.model.structs[reflect.TypeFor[Inventory]()].fields {
		if f.typ.Kind() == reflect.Map || f.typ.Kind() == reflect.Slice {
			w.row("", f, "section, see ["+f.name+"](#"+f.name+")", "")
			continue
		}
		w.row("", f, w.typeOf(f), f.def)
	}
	w.text("| `defaults` | section, see [defaults](#defaults) | | | Settings that all probes of a kind start from. |\n\n")
}

// values documents how words and numbers are written.
func (w *markdown) values() {
	w.text("## How values are written\n\n| type | how | examples |\n|---|---|---|\n")
	formats := []Format{hostFormat(), durationFormat(), timeFormat(), zoneFormat()}
	for _, s := range []Scalar{new(BitRate), new(Ratio), new(Date), new(Days), new(Recurrence), new(InterfaceRef), new(DSCP)} {
		formats = append(formats, s.Format())
	}
	for _, f := range formats {
		w.printf("| %s | %s | %s |\n", defWords(f), f.Doc, code(f.Examples))
	}
	w.text("| id | The id of an entry of the section named. | `hai-chau` |\n")
	w.text("| secret | Where the secret is: a file, or an environment variable. | `{file: /run/secrets/snmp}`, `{env: SNMP}` |\n")
	w.text("| text | Any text. Put it in quotes if it looks like something else to YAML, begins with one of `* & ! > % @ { [`, or holds `: ` or ` #`. | `Văn phòng Thành ủy`, `\"12/HĐ\"` |\n\n")
}

func defWords(f Format) string {
	_, words, _ := strings.Cut(f.Name, " ")
	return words
}

func code(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = "`" + w + "`"
	}
	return strings.Join(quoted, ", ")
}

// section documents the entries of a section.
func (w *markdown) section(f *field, t reflect.Type) {
	w.printf("## %s\n\n%s\n\n", f.name, f.doc)
	w.example(f.name)
	w.text(tableHead)
	w.rows("", w.model.structs[t], reflect.Value{})
	w.text("\n")
}

// rows prints the keys of a struct, and those of the structs in it with a
// dotted path. The values of defaults are the kind's, if there are any.
func (w *markdown) rows(prefix string, info *structInfo, defaults reflect.Value) {
	for _, f := range info.fields {
		def := f.def
		if defaults.IsValid() {
			def = shown(defaults.FieldByIndex(f.index))
		}
		w.row(prefix, f, w.typeOf(f), def)
		t := f.typ
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if inner := w.model.structs[t]; inner != nil && t != typeSecret && !isScalar(t) {
			w.rows(prefix+f.name+".", inner, reflect.Value{})
		}
	}
}

func (w *markdown) row(prefix string, f *field, typ, def string) {
	required := ""
	if f.required {
		required = "yes"
	}
	if def != "" {
		def = "`" + def + "`"
	}
	doc := f.doc
	if f.example != "" {
		doc += " For example `" + f.example + "`."
	}
	w.printf("| `%s%s` | %s | %s | %s | %s |\n", prefix, f.name, typ, required, def, strings.ReplaceAll(doc, "|", "\\|"))
}

// typeOf says what is written for a field.
func (w *markdown) typeOf(f *field) string {
	t := f.typ
	switch {
	case t == typeProbeSet:
		return "[probes](#probes)"
	case t == typeProbeList:
		return "address, list or [settings](#" + f.probe + ")"
	case t == typeBandwidth:
		return "bandwidth, or a mapping"
	case t.Kind() == reflect.Slice && w.model.structs[elem(t)] != nil:
		return "list of mappings, each as `" + strings.TrimSuffix(f.name, "s") + "`"
	case t.Kind() == reflect.Slice:
		return "list: " + w.wordOf(elem(t), f)
	case t.Kind() == reflect.Map:
		return "mapping: text to " + w.wordOf(t.Elem(), f)
	case t.Kind() == reflect.Pointer && t != typeZone:
		return w.wordOf(t.Elem(), f)
	default:
		return w.wordOf(t, f)
	}
}

func (w *markdown) wordOf(t reflect.Type, f *field) string {
	switch {
	case t == typeSecret:
		return "secret"
	case t == typeTextOrSecret:
		return "text or secret"
	case f.section != "":
		return "id of " + article(singular(f.section))
	case len(f.enum) > 0:
		return code(f.enum)
	case f.host:
		return "address"
	}
	if format, ok := formatOf(t); ok {
		return defWords(format) + boundsOf(f)
	}
	switch {
	case t.Kind() == reflect.Bool:
		return "`true`, `false`"
	case isInt(t.Kind()):
		return "whole number" + boundsOf(f)
	case t.Kind() == reflect.Float64:
		return "number" + boundsOf(f)
	case t.Kind() == reflect.Struct:
		return "mapping"
	default:
		return "text"
	}
}

func boundsOf(f *field) string {
	switch {
	case f.min != nil && f.max != nil:
		return fmt.Sprintf(", %s to %s", f.min, f.max)
	case f.min != nil && f.min.value != 0:
		return fmt.Sprintf(", at least %s", f.min)
	case f.max != nil:
		return fmt.Sprintf(", at most %s", f.max)
	}
	return ""
}

// shown returns a default as it would be written; nothing for a zero.
func shown(v reflect.Value) string {
	if v.IsZero() {
		return ""
	}
	if d, ok := reflect.TypeAssert[time.Duration](v); ok {
		return FormatDuration(d)
	}
	if s, ok := reflect.TypeAssert[fmt.Stringer](v); ok {
		return s.String()
	}
	if v.Kind() == reflect.Pointer || v.Kind() == reflect.Struct {
		return ""
	}
	return strings.ReplaceAll(fmt.Sprint(v.Interface()), " ", ", ")
}

// probes documents the forms of probes and the settings of each kind.
func (w *markdown) probes() {
	w.text("## probes\n\n" + probesText)
	w.text(tableHead)
	w.text("| `kind` | name of a kind | | the probe's name | What is asked; for a probe with a name of its own. |\n" +
		"| `address` | address | for links and uplinks | the target's address | Whom to ask. |\n" +
		"| `interval` | duration, 100ms to 1d | | see the kind | From the start of one probe to the start of the next. |\n" +
		"| `timeout` | duration | | see the kind | How long an answer is waited for; no longer than the interval, for ping no longer than 2s. |\n" +
		"| `confirm` | whole number, 1 to 100 | | see the kind | How many equal results in a row change the verdict. |\n\n")
	for i := range w.model.kinds {
		w.kind(&w.model.kinds[i])
	}
	w.text("## defaults\n\nWhat the probes of a kind start from: `interval`, `timeout`, `confirm` and the settings of the kind. A target's own settings stand above them. A time-out that comes from the defaults gives way to a shorter interval of the target.\n\n")
	w.example("defaults")
}

const probesText = `The probes of a target, by name. The name is the label ` + "`probe`" + ` in metrics; it is the kind of the probe unless ` + "`kind`" + ` says otherwise. A probe is written as nothing (all defaults), as an address, as a mapping of settings, or as a list of addresses and mappings:

` + "```yaml" + `
# This shows forms only; it is no inventory.
probes:
  ping:                               # the target's own address
  tcp: {port: 443}                    # settings
  snmp: {interval: 1m}
  web: {kind: tcp, port: 8443}        # a second probe of a kind, under a name of its own
  gateway: {kind: ping, address: 10.20.1.1}
` + "```" + `

Links and uplinks have short forms: ` + "`ping: 10.20.1.1`, `ping: [10.20.1.1, 10.20.1.2]`, `ping: {address: 10.20.1.1, dscp: EF}`" + `. A target has no two probes of one name and address.

A device without ` + "`probes`" + ` is pinged, and polled over SNMP if it has a credential; an endpoint without ` + "`probes`" + ` is pinged. ` + "`probes: {}`" + ` turns that off.

`

func (w *markdown) kind(k *ProbeKind) {
	w.printf("### %s\n\n%s", k.Name, k.Doc)
	w.printf("\n\nEach %s by default, with a time-out of %s; confirmed by %s in a row.", FormatDuration(k.Interval), FormatDuration(k.Timeout), results(max(1, k.Confirm)))
	if k.MaxTimeout > 0 {
		w.printf(" The time-out is at most %s.", FormatDuration(k.MaxTimeout))
	}
	w.text("\n\n")
	if info := w.model.config(k); info != nil && len(info.fields) > 0 {
		w.text(tableHead)
		w.rows("", info, reflect.ValueOf(k.NewConfig()).Elem())
		w.text("\n")
	}
}

func results(n int) string {
	if n == 1 {
		return "1 result"
	}
	return strconv.Itoa(n) + " results"
}
