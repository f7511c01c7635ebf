package snmp

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode"
)

// WriteTable writes the interfaces as a table for a person.
func (d *Discovery) WriteTable(w io.Writer) error {
	fmt.Fprintf(w, "%s: %s\n", d.Address, d.title())
	if len(d.Interfaces) == 0 {
		_, err := fmt.Fprintln(w, "The device tells of no interfaces.")
		return err
	}
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "INDEX\tNAME\tALIAS\tDESCRIPTION\tADMIN\tOPER\tSPEED\tIN BYTES\tOUT BYTES\tERRORS\tDISCARDS")
	for _, i := range d.Interfaces {
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", i.Index,
			printed(i.Name), printed(i.Alias), printed(i.Descr), word(i.Admin), word(i.Oper), rate(i.SpeedBPS),
			count(i.InOctets), count(i.OutOctets), sum(i.InErrors, i.OutErrors), sum(i.InDiscards, i.OutDiscards))
	}
	return t.Flush()
}

// WriteInventory writes an entry for devices: and, as comments, a line to carry
// over for each interface. id and site are what the reader is to call the
// device and where it stands; empty ones are made up.
func (d *Discovery) WriteInventory(w io.Writer, id, site, credential string) error {
	var b strings.Builder
	id = orElse(id, orElse(slug(d.SysName), "new-device"))
	fmt.Fprintf(&b, "# %s: %s\n", comment(d.Address), comment(d.title()))
	fmt.Fprintf(&b, "devices:\n  %s:\n", id)
	fmt.Fprintf(&b, "    site: %s # the id of its site\n", orElse(site, "SITE"))
	host, port, err := splitAddress(d.Address)
	if err != nil {
		return err
	}
	fmt.Fprintf(&b, "    address: %s\n", quoted(host))
	if port != 0 && port != defaultPort {
		fmt.Fprintf(&b, "    probes: {ping: {}, snmp: {port: %d}}\n", port)
	}
	fmt.Fprintf(&b, "    credential: %s # the id of its SNMP credential\n", orElse(credential, "CREDENTIAL"))
	for _, f := range []struct{ key, text string }{{"name", d.SysName}, {"model", d.Model}, {"serial", d.Serial}} {
		if f.text != "" {
			fmt.Fprintf(&b, "    %s: %s\n", f.key, quoted(f.text))
		}
	}
	b.WriteString("\n# One of these lines goes into the link or uplink that the interface carries:\n")
	own := d.selectors()
	for n, i := range d.Interfaces {
		fmt.Fprintf(&b, "#     interface: %s # %s\n", quoted(id+"/"+own[n]), comment(i.remark()))
	}
	if len(d.Interfaces) == 0 {
		b.WriteString("# (the device tells of no interfaces)\n")
	}
	_, err = io.WriteString(w, b.String())
	return err
}

func (d *Discovery) title() string {
	parts := []string{orElse(d.SysName, "(no name)")}
	for _, p := range []string{d.Model, d.Serial, d.Software, d.SysDescr} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, ", ")
}

// selectors returns for each interface the first of its names that a selector
// finds it by and no other.
func (d *Discovery) selectors() []string {
	dir := d.directory()
	list := make([]string, len(d.Interfaces))
	for n, i := range d.Interfaces {
		list[n] = strconv.FormatUint(uint64(i.Index), 10)
		for _, name := range []*string{i.Name, i.Descr, i.Alias} {
			if name == nil || *name == "" || trim(*name) != *name || strings.ContainsFunc(*name, unprintable) {
				continue
			}
			if m, err := dir.find(*name); err == nil && m.index == i.Index {
				list[n] = *name
				break
			}
		}
	}
	return list
}

// directory returns the names that were discovered.
func (d *Discovery) directory() *directory {
	return &directory{fetch: func(n naming) ([]named, error) {
		var rows []named
		for _, i := range d.Interfaces {
			if s := [...]*string{byName: i.Name, byAlias: i.Alias, byDescr: i.Descr}[n]; s != nil {
				rows = append(rows, named{i.Index, *s})
			}
		}
		return rows, nil
	}}
}

func (i *Interface) remark() string {
	parts := []string{word(i.Oper)}
	if i.SpeedBPS != nil {
		parts = append(parts, rate(i.SpeedBPS))
	}
	for _, s := range []*string{i.Alias, i.Descr} {
		if s != nil && *s != "" {
			parts = append(parts, *s)
		}
	}
	return strings.Join(parts, ", ")
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// slug makes an inventory id of a name: lower-case words and hyphens.
func slug(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	return strings.Join(words, "-")
}

// quoted returns a YAML double-quoted scalar. JSON's escapes are YAML's too
// (YAML 1.2, section 5.7), and strconv's differ from them only for \x, \a and
// \v, which YAML has as well.
func quoted(s string) string { return strconv.Quote(s) }

// comment makes a text fit the rest of a line.
func comment(s string) string {
	return strings.Map(func(r rune) rune {
		if unprintable(r) {
			return ' '
		}
		return r
	}, s)
}

func unprintable(r rune) bool { return !unicode.IsPrint(r) }

func printed(s *string) string {
	if s == nil {
		return "-"
	}
	return comment(trim(*s))
}

func word(n *int64) string {
	if n == nil {
		return "-"
	}
	return statusWord(*n)
}

func count(n *uint64) string {
	if n == nil {
		return "-"
	}
	return strconv.FormatUint(*n, 10)
}

func sum(a, b *uint64) string {
	if a == nil && b == nil {
		return "-"
	}
	return count(a) + "/" + count(b)
}

// rate writes a speed as people say it.
func rate(bps *uint64) string {
	if bps == nil {
		return "-"
	}
	for _, u := range []struct {
		word string
		size uint64
	}{{"Gbps", 1e9}, {"Mbps", 1e6}, {"kbps", 1e3}} {
		if *bps >= u.size {
			return strconv.FormatFloat(float64(*bps)/float64(u.size), 'f', -1, 64) + u.word
		}
	}
	return strconv.FormatUint(*bps, 10) + "bps"
}
