package agent

import (
	"slices"
	"strconv"
	"strings"
)

// parseOID splits an identifier; what is no number counts as 0.
func parseOID(oid string) []uint32 {
	oid = strings.TrimPrefix(oid, ".")
	list := make([]uint32, 0, strings.Count(oid, ".")+1)
	for part := range strings.SplitSeq(oid, ".") {
		n, _ := strconv.ParseUint(part, 10, 32)
		list = append(list, uint32(n))
	}
	return list
}

// Compare orders two identifiers as RFC 3416, section 4.2.2 does.
func Compare(a, b string) int { return compareOIDs(parseOID(a), parseOID(b)) }

// compareOIDs orders identifiers as RFC 3416, section 4.2.2 does.
func compareOIDs(a, b []uint32) int { return slices.Compare(a, b) }
