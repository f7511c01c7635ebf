package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"regexp"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"wanwatch/inventory"
	"wanwatch/probes/snmp"
)

// softwareLoopback is the ifType of a loopback (IANAifType-MIB).
const softwareLoopback = 24

// writeSnippet writes a device as a part of an inventory: the interfaces that
// are up and worth polling, and the others as comments.
func writeSnippet(w io.Writer, d *snmp.Discovery) error {
	var b bytes.Buffer
	if d.SysDescr != "" {
		fmt.Fprintf(&b, "# %s\n", oneLine(d.SysDescr))
	}
	fmt.Fprintf(&b, "devices:\n  %s:\n", deviceID(d))
	fmt.Fprintf(&b, "    site: SITE              # the id of the site where it stands\n")
	fmt.Fprintf(&b, "    address: %s\n", scalar(d.Address))
	fmt.Fprintf(&b, "    credential: CREDENTIAL  # the id of the credential that you used\n")
	for _, f := range []struct{ key, value string }{{"model", d.Model}, {"serial", d.Serial}} {
		if f.value != "" {
			fmt.Fprintf(&b, "    %s: %s\n", f.key, scalar(f.value))
		}
	}
	fmt.Fprintf(&b, "    interfaces:             # those that no link and no uplink names\n")
	selectors := selectors(d.Interfaces)
	for i, in := range d.Interfaces {
		mark := "- "
		if number(in.Oper) != 1 || number(in.Type) == softwareLoopback {
			mark = "# - "
		}
		fmt.Fprintf(&b, "      %s%s  # %s\n", mark, scalar(selectors[i]), about(in))
	}
	_, err := w.Write(b.Bytes())
	return err
}

// selectors returns what the inventory should call each interface: the ifName,
// else the ifDescr, else the ifIndex, whichever no other interface has.
func selectors(list []snmp.Interface) []string {
	holders := map[string]int{}
	for _, in := range list {
		own := map[string]bool{strconv.Itoa(int(in.Index)): true, text(in.Name): true, text(in.Descr): true, text(in.Alias): true}
		for s := range own {
			holders[s]++
		}
	}
	out := make([]string, len(list))
	for i, in := range list {
		out[i] = strconv.Itoa(int(in.Index))
		for _, s := range []string{text(in.Name), text(in.Descr)} {
			if strings.TrimSpace(s) != "" && holders[s] == 1 {
				out[i] = s
				break
			}
		}
	}
	return out
}

// about says in a comment what helps to recognise an interface.
func about(in snmp.Interface) string {
	parts := []string{operWord(in.Oper)}
	if in.SpeedBPS != nil && *in.SpeedBPS > 0 {
		parts = append(parts, inventory.BitRate(*in.SpeedBPS).String())
	}
	if alias := oneLine(text(in.Alias)); alias != "" {
		parts = append(parts, alias)
	}
	return strings.Join(parts, ", ")
}

// writeTable writes the interfaces for people, one a line.
func writeTable(w io.Writer, d *snmp.Discovery) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "INDEX\tNAME\tALIAS\tDESCRIPTION\tTYPE\tOPER\tADMIN\tSPEED\tIN BYTES\tOUT BYTES\tIN ERRORS\tOUT ERRORS\tIN DISCARDS\tOUT DISCARDS\n")
	for _, in := range d.Interfaces {
		speed := "-"
		if in.SpeedBPS != nil {
			speed = inventory.BitRate(*in.SpeedBPS).String()
		}
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n",
			in.Index, cell(in.Name), cell(in.Alias), cell(in.Descr), digits(in.Type), operWord(in.Oper), operWord(in.Admin), speed,
			digits(in.InOctets), digits(in.OutOctets), digits(in.InErrors), digits(in.OutErrors), digits(in.InDiscards), digits(in.OutDiscards))
	}
	return t.Flush()
}

// operWord is the word of RFC 2863 for an ifOperStatus or an ifAdminStatus.
func operWord(status *int64) string {
	words := [...]string{"", "up", "down", "testing", "unknown", "dormant", "notPresent", "lowerLayerDown"}
	if n := number(status); n > 0 && n < int64(len(words)) {
		return words[n]
	}
	return "-"
}

func number(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}

func digits[T int64 | uint64](n *T) string {
	if n == nil {
		return "-"
	}
	return fmt.Sprint(*n)
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func cell(s *string) string {
	if line := oneLine(text(s)); line != "" {
		return line
	}
	return "-"
}

// oneLine makes a device's text safe to print: nothing in it can end the line
// or steer the terminal.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || !strconv.IsPrint(r) }), " ")
}

// scalar writes a text as YAML: plain where nothing can be misread, else in
// double quotes, as JSON writes it.
func scalar(s string) string {
	if net.ParseIP(s) != nil && !strings.Contains(s, ":") || regexp.MustCompile(`^[A-Za-z]+[0-9][A-Za-z0-9/._-]*$`).MatchString(s) {
		return s
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return strconv.Quote(s)
	}
	return strings.TrimSpace(b.String())
}

// deviceID makes an id of what the device calls itself, or of its address.
func deviceID(d *snmp.Discovery) string {
	for _, name := range []string{d.SysName, "device-" + d.Address} {
		id := strings.Trim(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(ascii(name)), "-"), "-")
		if id != "" && len(id) <= 60 {
			return id
		}
	}
	return "device"
}

// ascii takes the marks off letters: "Hải Châu" becomes "Hai Chau".
func ascii(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case r == 'đ', r == 'Đ':
			return 'd'
		}
		return r
	}, norm.NFD.String(s))
}
