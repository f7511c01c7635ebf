package snmp

import "math"

// take stores one answer of the device in a slot, and reports whether the
// slot's other column should be asked for.
func (i *iface) take(s slot, v value) (second bool) {
	i.values[s] = v
	n, ok := v.number()
	if ok && i.use[s] != noColumn {
		i.had[s][i.use[s]] = remembered
	}
	switch {
	case i.use[s] == secondColumn && s == speed:
		i.outgrow(n)
		return false
	case i.use[s] != firstColumn:
		return false
	case columns[s].second == "":
		if !v.present() && s != oper && !i.has(s) {
			i.use[s] = noColumn // until the texts are fetched again
		}
		return false
	}
	return !ok && i.had[s][firstColumn] == 0 || ok && s == speed && n == 0
}

// outgrow goes back to ifHighSpeed where ifSpeed has become too small to tell
// the speed. A port that is down tells 0 in ifHighSpeed, and so seems to have a
// speed below 1 Mbit/s.
func (i *iface) outgrow(bits uint64) {
	if bits == math.MaxUint32 && i.had[speed][firstColumn] > 0 {
		i.use[speed], i.values[speed] = firstColumn, value{}
	}
}

// takeSecond stores the answer for a slot's other column.
func (i *iface) takeSecond(s slot, v value) {
	n, ok := v.number()
	switch {
	case ok && n == 0 && s == speed && i.values[s].present():
		// Down, perhaps: neither column tells which of them will fit.
	case ok:
		i.use[s], i.values[s], i.had[s][secondColumn] = secondColumn, v, remembered
	case !i.values[s].present() && !i.has(s):
		i.use[s] = noColumn
	}
}

// has reports whether the device is taken to have any column of a slot.
func (i *iface) has(s slot) bool { return i.had[s] != [2]int8{} }

// gap returns the word of a counter that the device has and left out of the last
// answer; empty if there is none.
func (i *iface) gap() string {
	for s := range counters {
		if i.has(s) && !i.values[s].present() {
			return columns[s].metric.Name
		}
	}
	return ""
}
