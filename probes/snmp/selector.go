package snmp

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"wanwatch/probes"
)

// naming is a way in which the inventory can name an interface.
type naming int

// The namings, in the order of preference.
const (
	byName naming = iota
	byAlias
	byDescr
	byIndex
)

// namings are the words and the columns of the namings that have one.
var namings = [...]struct{ word, column string }{
	byName: {"ifName", ifName}, byAlias: {"ifAlias", ifAlias}, byDescr: {"ifDescr", ifDescr}, byIndex: {word: "ifIndex"},
}

// named is one row of a naming's column.
type named struct {
	index uint32
	name  string
}

// match is the interface that a selector means.
type match struct {
	index uint32
	by    naming
	name  string // as the device writes it; empty if found by index
}

// directory knows the names of a device's interfaces, column by column. A
// column is fetched when it is first needed.
type directory struct {
	fetch func(naming) ([]named, error)
	rows  [byIndex][]named
	have  [byIndex]bool
}

func (d *directory) column(n naming) ([]named, error) {
	if !d.have[n] {
		rows, err := d.fetch(n)
		if err != nil {
			return nil, err
		}
		d.rows[n], d.have[n] = rows, true
	}
	return d.rows[n], nil
}

// find returns the interface that a selector means. An exact match stands above
// one that differs in case or surrounding space, then ifName above ifAlias
// above ifDescr above ifIndex; but a number is an ifIndex unless it is the
// ifName of an interface. A selector that fits several interfaces in the same
// way fits none: the error lists them. It is an *Error with
// ReasonInterfaceMissing, or the error of a walk.
func (d *directory) find(selector string) (match, error) {
	order := []naming{byName, byAlias, byDescr}
	if isIndex(selector) {
		order = []naming{byName, byIndex, byAlias, byDescr}
	}
	for _, fits := range []func(a, b string) bool{exactly, loosely} {
		for _, n := range order {
			found, err := d.matches(n, selector, fits)
			if err != nil {
				return match{}, err
			}
			switch len(found) {
			case 0:
			case 1:
				return match{index: found[0].index, by: n, name: found[0].name}, nil
			default:
				return match{}, ambiguous(selector, n, found)
			}
		}
	}
	return match{}, failf(probes.ReasonInterfaceMissing, "the device has no interface whose ifName, ifAlias, ifDescr or ifIndex is %q: run wanwatch discover for those that it has", selector)
}

func (d *directory) matches(n naming, selector string, fits func(a, b string) bool) ([]named, error) {
	if n == byIndex {
		return d.byIndex(selector)
	}
	rows, err := d.column(n)
	if err != nil {
		return nil, err
	}
	var found []named
	for _, r := range rows {
		if r.name != "" && fits(r.name, selector) {
			found = append(found, r)
		}
	}
	return found, nil
}

// byIndex looks for the row in ifName and, as devices without ifXTable have
// none there, in ifDescr.
func (d *directory) byIndex(selector string) ([]named, error) {
	index, err := strconv.ParseUint(strings.TrimSpace(selector), 10, 32)
	if err != nil {
		return nil, nil //nolint:nilerr // no number, so no index
	}
	for _, n := range []naming{byName, byDescr} {
		rows, err := d.column(n)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(rows, func(r named) bool { return r.index == uint32(index) }) {
			return []named{{index: uint32(index)}}, nil
		}
	}
	return nil, nil
}

func exactly(a, b string) bool { return a == b }

func loosely(a, b string) bool { return strings.EqualFold(trim(a), trim(b)) }

// trim removes white space and the NUL with which some devices end a name.
func trim(s string) string { return strings.Trim(s, " \t\r\n\x00") }

// isIndex reports whether a selector is written like an ifIndex.
func isIndex(selector string) bool {
	_, err := strconv.ParseUint(trim(selector), 10, 32)
	return err == nil
}

// maxCandidates bounds the interfaces that a message lists.
const maxCandidates = 5

func ambiguous(selector string, n naming, found []named) *Error {
	slices.SortFunc(found, func(a, b named) int { return cmp.Compare(a.index, b.index) })
	var list []string
	for _, f := range found[:min(len(found), maxCandidates)] {
		list = append(list, fmt.Sprintf("%d (%q)", f.index, f.name))
	}
	if len(found) > maxCandidates {
		list = append(list, fmt.Sprintf("%d more", len(found)-maxCandidates))
	}
	return failf(probes.ReasonInterfaceMissing, "%q is the %s of %d interfaces, with the ifIndex %s: name one of them by its ifIndex or by another name that is its own",
		selector, namings[n].word, len(found), strings.Join(list, ", "))
}
