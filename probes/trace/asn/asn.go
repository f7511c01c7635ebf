// Package asn names the networks of addresses by a table from a file.
package asn

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"regexp"
	"strings"
)

// Table names networks by their prefixes. The zero value knows none.
type Table struct {
	names map[netip.Prefix]string
}

// Read reads a table from a file; an empty path gives one that knows none. The error
// names the file and the line.
func Read(path string) (*Table, error) {
	if path == "" {
		return &Table{}, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading the table of networks: %w", err)
	}
	t, err := Parse(f, path)
	return t, errors.Join(err, f.Close())
}

// Parse reads a table: a line has a prefix, the number of an autonomous system and, if
// wanted, a name, separated by blanks, tabs or commas. The three columns of CAIDA's
// prefix-to-AS files (address, length, number) are read too. Empty lines and those that
// begin with # are left out.
func Parse(r io.Reader, file string) (*Table, error) {
	t := &Table{names: map[netip.Prefix]string{}}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))
		if text == "" || text[0] == '#' {
			continue
		}
		prefix, name, err := parseLine(text)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, n, err)
		}
		t.names[prefix] = name
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: reading the table of networks: %w", file, err)
	}
	return t, nil
}

var (
	separators = regexp.MustCompile(`[\s,;]+`)
	// Several origins of one prefix stand as 1_2 or {1,2} in CAIDA's files.
	number = regexp.MustCompile(`^(?:AS)?([0-9]{1,10}(?:[_,][0-9]{1,10})*)$`)
)

const wanted = "write a prefix, the number of an autonomous system and its name, such as 203.0.113.0/24 64512 VNPT"

func parseLine(text string) (prefix netip.Prefix, name string, err error) {
	words := separators.Split(text, 3)
	if len(words) == 3 && !strings.Contains(words[0], "/") {
		words = []string{words[0] + "/" + words[1], words[2]} // address, length, number
	}
	if len(words) < 2 {
		return prefix, "", errors.New("it has one word: " + wanted)
	}
	if prefix, err = netip.ParsePrefix(words[0]); err != nil {
		return prefix, "", fmt.Errorf("%.60q is no prefix: %s", words[0], wanted)
	}
	found := number.FindStringSubmatch(words[1])
	if found == nil {
		return prefix, "", fmt.Errorf("%.60q is no number of an autonomous system: %s", words[1], wanted)
	}
	name = "AS" + found[1]
	if len(words) == 3 {
		name += " " + strings.Trim(strings.TrimSpace(words[2]), `"`)
	}
	return prefix.Masked(), name, nil
}

// Name returns the name of the smallest network that holds an address: AS64512 VNPT;
// empty if there is none.
func (t *Table) Name(a netip.Addr) string {
	a = a.Unmap().WithZone("")
	if len(t.names) == 0 || !a.IsValid() {
		return ""
	}
	for bits := a.BitLen(); bits >= 0; bits-- {
		prefix, err := a.Prefix(bits)
		if err != nil {
			return ""
		}
		if name, ok := t.names[prefix]; ok {
			return name
		}
	}
	return ""
}
