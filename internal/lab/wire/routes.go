package wire

import (
	"maps"
	"net/netip"
	"slices"
)

// routes finds the path of an address by the longest prefix.
type routes struct {
	v4, v6 []length // longest first
}

type length struct {
	bits  int
	paths map[netip.Addr]int32
}

func newRoutes(prefixes map[netip.Prefix]int32) *routes {
	byBits := map[bool]map[int]map[netip.Addr]int32{false: {}, true: {}}
	for prefix, path := range prefixes {
		lengths := byBits[prefix.Addr().Is4()]
		if lengths[prefix.Bits()] == nil {
			lengths[prefix.Bits()] = map[netip.Addr]int32{}
		}
		lengths[prefix.Bits()][prefix.Masked().Addr()] = path
	}
	return &routes{v4: sorted(byBits[true]), v6: sorted(byBits[false])}
}

func sorted(byBits map[int]map[netip.Addr]int32) []length {
	var lengths []length
	for _, bits := range slices.Backward(slices.Sorted(maps.Keys(byBits))) {
		lengths = append(lengths, length{bits, byBits[bits]})
	}
	return lengths
}

func (r *routes) lookup(a netip.Addr) (path int32, ok bool) {
	lengths := r.v6
	if a.Is4() {
		lengths = r.v4
	}
	for _, l := range lengths {
		prefix, err := a.Prefix(l.bits)
		if err != nil {
			continue
		}
		if path, ok := l.paths[prefix.Addr()]; ok {
			return path, true
		}
	}
	return 0, false
}
