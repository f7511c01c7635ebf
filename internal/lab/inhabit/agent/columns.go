package agent

import (
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
)

// snapshot is a device at a moment. It implements [View].
type snapshot struct {
	*Device
	at time.Time
}

// rows says which rows a column has.
type rows uint8

const (
	scalar   rows = iota // one, at 0
	chassis              // one, at 1, if the device has ENTITY-MIB
	allPorts             // the interfaces
	hcPorts              // those with 64-bit counters
)

// column is an object type: its identifier without the instance, and where its
// values are.
type column struct {
	oid  string
	path []uint32
	rows rows
	get  func(s *snapshot, p *port) Value
}

// table is the columns of a device in their order.
type table struct {
	columns []column
	byOID   map[string]*column
}

// objects returns the columns that every device has. They never change.
var objects = sync.OnceValue(func() *table {
	t := &table{byOID: map[string]*column{}}
	for _, group := range [][]column{systemGroup(), ifTable(), ifXTable(), entityTable(), engineGroup()} {
		t.columns = append(t.columns, group...)
	}
	for i := range t.columns {
		t.columns[i].path = parseOID(t.columns[i].oid)
	}
	sort.Slice(t.columns, func(i, j int) bool { return compareOIDs(t.columns[i].path, t.columns[j].path) < 0 })
	for i := range t.columns {
		t.byOID[t.columns[i].oid] = &t.columns[i]
	}
	return t
})

// Get implements View.
func (s *snapshot) Get(oid string) (Value, bool) {
	dot := strings.LastIndexByte(oid, '.')
	if dot < 0 {
		return Value{}, false
	}
	c := objects().byOID[oid[:dot]]
	row, err := strconv.ParseUint(oid[dot+1:], 10, 32)
	if c == nil || err != nil {
		return Value{}, false
	}
	at, p, ok := s.rowFrom(c, row)
	if !ok || at != row {
		return Value{}, false
	}
	return c.get(s, p), true
}

// Next implements View.
func (s *snapshot) Next(oid string) (next string, v Value, ok bool) {
	path, list := parseOID(oid), objects().columns
	// The columns from the one on that path lies in, or that follows it.
	first := sort.Search(len(list), func(i int) bool { return compareOIDs(list[i].path, path) > 0 })
	for i := max(first-1, 0); i < len(list); i++ {
		c, from := &list[i], uint64(0)
		if inside := len(path) >= len(c.path) && compareOIDs(path[:len(c.path)], c.path) == 0; inside && len(path) > len(c.path) {
			from = uint64(path[len(c.path)]) + 1
		} else if !inside && i < first {
			continue
		}
		if row, p, ok := s.rowFrom(c, from); ok {
			return c.oid + "." + strconv.FormatUint(row, 10), c.get(s, p), true
		}
	}
	return "", Value{}, false
}

// rowFrom returns the first row of a column that is not before one.
func (s *snapshot) rowFrom(c *column, from uint64) (row uint64, p *port, ok bool) {
	switch c.rows {
	case scalar:
		return 0, nil, from == 0
	case chassis:
		return 1, nil, from <= 1 && s.spec.Model+s.spec.Serial+s.spec.Software != ""
	case allPorts, hcPorts:
		i := sort.Search(len(s.ports), func(i int) bool { return uint64(s.ports[i].Index) >= from })
		for ; i < len(s.ports); i++ {
			if p := s.ports[i]; c.rows == allPorts || !p.Only32 {
				return uint64(p.Index), p, true
			}
		}
	}
	return 0, nil, false
}
