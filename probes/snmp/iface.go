package snmp

import (
	"math"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes"
)

// iface is one interface that the inventory names, and what is kept of it from
// one poll to the next.
type iface struct {
	selector string
	owner    *inventory.Target // the link or uplink, or the polled target itself
	labels   []string          // device, interface

	err   *Error // why it was not found; nil if it was
	match match

	// The texts of the device, and the column whose text proves at each poll
	// that the index still means this interface.
	name, alias, descr string
	witness, proof     string

	use [slots]choice
	had [slots][2]int8 // for how many more descriptions a slot's columns are taken to be there

	// The last answer.
	values [slots]value
	proved value

	base       [counters]counted
	baseAt     time.Time // zero: there is no base
	discont    uint64    // ifCounterDiscontinuityTime of the base
	hasDiscont bool
	doubt      bool // the base was counted at an index that no longer means this interface

	deltas       [counters]uint64
	resets       int
	changed      time.Time // ifLastChange as a time
	changedTicks uint64    // and as the device tells it
}

// choice says which of a slot's columns the device has.
type choice uint8

const (
	firstColumn choice = iota
	secondColumn
	noColumn
)

// remembered is for how many descriptions a column that held a number is taken
// to be there. One poll without it, as while the device makes an interface anew,
// is no sign that the device does not have it.
const remembered = 2

// column returns the column in use and the size of its counter.
func (i *iface) column(s slot) (oid string, bits int) {
	switch i.use[s] {
	case firstColumn:
		return columns[s].oid, columns[s].bits
	case secondColumn:
		return columns[s].second, 32
	default:
		return "", 0
	}
}

// found places the interface at an index. Whether what was counted elsewhere
// still tells anything is seen by its texts.
func (i *iface) found(m match) {
	if i.err == nil && i.match == m {
		return
	}
	i.err, i.match, i.doubt = nil, m, true
}

// lost notes that the interface was not found.
func (i *iface) lost(err *Error) {
	i.err = err
	i.forget()
}

// forget drops the base of the counters; that is a reset if there was one.
func (i *iface) forget() {
	if !i.baseAt.IsZero() {
		i.resets++
	}
	i.baseAt, i.changed, i.doubt = time.Time{}, time.Time{}, false
}

// describe takes over the device's texts, and lets it be asked again for the
// columns that it did not have. An interface that was renumbered has all of them
// still; one that another took the place of has not.
func (i *iface) describe(name, alias, descr value) {
	before := [...]string{i.name, i.alias, i.descr}
	i.name, i.alias, i.descr = name.clean(), alias.clean(), descr.clean()
	if i.doubt && before != [...]string{i.name, i.alias, i.descr} {
		i.forget()
		i.had = [slots][2]int8{}
	}
	i.use = [slots]choice{}
	for s := range i.had {
		for c := range i.had[s] {
			i.had[s][c] = max(i.had[s][c]-1, 0)
		}
	}
}

// settle chooses what will prove the index: the text that the interface was
// found by, or, if it was found by the index, its name.
func (i *iface) settle(name, alias, descr value) {
	by := i.match.by
	if by == byIndex {
		if by = byDescr; name.present() {
			by = byName
		}
	}
	i.witness = namings[by].column
	i.proof, _ = [...]value{byName: name, byAlias: alias, byDescr: descr}[by].text()
}

// moved reports whether the index means another interface now, or none.
func (i *iface) moved() bool {
	text, _ := i.proved.text()
	return !i.proved.present() || text != i.proof
}

// count works out how the counters grew since the last answer.
func (i *iface) count(last clock, restarted bool) {
	i.deltas = [counters]uint64{}
	cur := i.counted()
	discont, ok := i.values[discontinuity].number()
	if !restarted && ok && i.hasDiscont && i.discont != discont {
		i.forget()
	}
	if !i.baseAt.IsZero() {
		l := limits{speed: i.speed(), elapsed: last.at.Sub(i.baseAt)}
		var reset bool
		switch {
		case restarted:
			reset, i.changed = true, time.Time{}
			if up, ok := last.age(); ok && up <= l.elapsed+time.Second {
				l.elapsed = up
				i.deltas = sinceStart(&i.base, &cur, l)
			}
		case i.doubt && anyBack(&i.base, &cur):
			reset = true
		default:
			i.deltas, reset = advanceAll(&i.base, &cur, l)
		}
		if reset {
			i.resets++
		}
	}
	i.base, i.baseAt, i.discont, i.hasDiscont, i.doubt = cur, last.at, discont, ok, false
}

// counted returns the counters of the last answer.
func (i *iface) counted() [counters]counted {
	var cur [counters]counted
	for s := range cur {
		if n, ok := i.values[s].number(); ok {
			_, bits := i.column(slot(s))
			cur[s] = counted{n, bits}
		}
	}
	return cur
}

// speed returns the speed in bit/s, 0 if the device does not tell. ifSpeed
// stands at its largest value where the speed is larger.
func (i *iface) speed() float64 {
	n, ok := i.values[speed].number()
	if !ok {
		return 0
	}
	if i.use[speed] == firstColumn {
		return float64(n) * 1e6
	}
	return float64(n)
}

// status returns the state in a slot: 1 if it is up, 0 if not, NaN if the device
// does not tell.
func (i *iface) status(s slot) float64 {
	n, ok := i.values[s].integer()
	switch {
	case !ok:
		return math.NaN()
	case n == statusUp:
		return 1
	default:
		return 0
	}
}

// verdict says what the interface's state means for the link that it carries.
func (i *iface) verdict() (probes.Outcome, probes.Reason, string) {
	if i.err != nil {
		return probes.Failure, i.err.Reason, i.err.Detail
	}
	at := i.labels[0] + ", interface " + i.text()
	state, ok := i.values[oper].integer()
	switch configured, _ := i.values[admin].integer(); {
	case !ok:
		return probes.Unknown, probes.ReasonPartial, at + ": the device does not tell its state (ifOperStatus)"
	case state == statusUp && i.gap() != "":
		return probes.Unknown, probes.ReasonPartial, at + " is up, but the device did not tell its counter " + i.gap() + " this time"
	case state == statusUp:
		return probes.Success, "", at + " is up"
	case configured == 2:
		return probes.Failure, probes.ReasonInterfaceDown, at + " is switched off in the device's configuration (ifAdminStatus down, ifOperStatus " + statusWord(state) + ")"
	default:
		return probes.Failure, probes.ReasonInterfaceDown, at + " is not up: ifOperStatus is " + statusWord(state)
	}
}

// text names the interface for a person.
func (i *iface) text() string {
	for _, n := range []string{i.name, i.descr, i.selector} {
		if n != "" {
			return n
		}
	}
	return i.selector
}

// since returns the time of the last change. It holds still until the device
// tells another one.
func (i *iface) since(a *age) (t time.Time, ok bool) {
	ticks, ok := i.values[lastChange].number()
	if !ok || !a.last.hasUp {
		return time.Time{}, false
	}
	if i.changed.IsZero() || ticks != i.changedTicks {
		i.changed, i.changedTicks = a.when(ticks), ticks
	}
	return i.changed, true
}
