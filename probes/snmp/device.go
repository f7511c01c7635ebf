package snmp

import (
	"context"
	"slices"
	"time"

	"wanwatch/probes"
)

// device is what is known of a polled device across polls.
type device struct {
	client *client
	now    func() time.Time
	ifaces []*iface

	age        age
	restarted  bool // a restart was seen that the counters do not know of yet
	restarts   int  // seen since they were last reported
	noEngine   bool // the last answer had no SNMP-FRAMEWORK-MIB
	unresolved bool // the interfaces must be looked up before the next GET
	resolvedAt time.Time
	resolves   int // walks for that since they were last reported
}

// missingRetry is how often a device is searched for an interface that it did
// not have.
const missingRetry = 5 * time.Minute

// poll asks the device once and brings everything up to date. A restart or a
// renumbering that shows in the answer makes it look the interfaces up and ask
// again, once.
func (d *device) poll(ctx context.Context) error {
	for again := false; ; again = true {
		if d.mustResolve() {
			if err := d.resolve(ctx); err != nil {
				return err
			}
		}
		if err := d.fetch(ctx); err != nil {
			return err
		}
		if len(d.ifaces) == 0 || again || !d.moved() && !d.restarted {
			break
		}
		d.client.trace.Logf("the device was restarted or has renumbered its interfaces: looking them up again")
		d.unresolved = true
		d.doubtMoved()
	}
	d.settle()
	return nil
}

// doubtMoved marks what was counted at indexes that mean something else now.
func (d *device) doubtMoved() {
	for _, i := range d.ifaces {
		if i.err == nil && i.moved() {
			i.doubt = true
		}
	}
}

// settle takes the last answer over into the counters.
func (d *device) settle() {
	for _, i := range d.ifaces {
		switch {
		case i.err != nil:
		case i.moved():
			i.lost(failf(probes.ReasonPartial, "the device keeps renumbering its interfaces while it is asked for %q", i.selector))
			d.unresolved = true
		default:
			i.count(d.age.last, d.restarted)
		}
	}
	if d.restarted {
		d.restarts++
	}
	d.restarted = false
}

func (d *device) moved() bool {
	return slices.ContainsFunc(d.ifaces, func(i *iface) bool { return i.err == nil && i.moved() })
}

func (d *device) mustResolve() bool {
	if len(d.ifaces) == 0 {
		return false
	}
	missing := slices.ContainsFunc(d.ifaces, func(i *iface) bool { return i.err != nil })
	return d.unresolved || missing && d.now().Sub(d.resolvedAt) >= missingRetry
}

// resolve finds the interfaces' indexes by a walk over the columns with their
// names.
func (d *device) resolve(ctx context.Context) error {
	d.resolves++
	dir := directory{fetch: func(n naming) ([]named, error) { return d.names(ctx, n) }}
	for _, i := range d.ifaces {
		m, err := dir.find(i.selector)
		if err != nil {
			e := asError(err)
			if e.Reason != probes.ReasonInterfaceMissing {
				return err
			}
			i.lost(e)
			d.client.trace.Logf("interface %q: %v", i.selector, e)
			continue
		}
		i.found(m)
		d.client.trace.Logf("interface %q has the ifIndex %d, by its %s", i.selector, m.index, namings[m.by].word)
	}
	if err := d.describe(ctx, true); err != nil {
		return err
	}
	d.unresolved, d.resolvedAt = false, d.now()
	return nil
}

// names returns what a column calls the interfaces.
func (d *device) names(ctx context.Context, n naming) ([]named, error) {
	var rows []named
	column := namings[n].column
	atEnd, err := d.client.walkFrom(ctx, column, column, func(index uint32, v value) error {
		if text, ok := v.text(); ok {
			rows = append(rows, named{index, text})
		}
		return nil
	})
	if err != nil || !atEnd {
		return rows, err
	}
	// The last column of a device ends so, but also one that it trips over.
	return d.client.namesBehind(ctx, n)
}

// describe fetches the texts of the interfaces that were found, and with settle
// also chooses which of them prove the index from now on.
func (d *device) describe(ctx context.Context, settle bool) error {
	found := d.found()
	oids := make([]string, 0, 3*len(found))
	for _, i := range found {
		x := i.match.index
		oids = append(oids, instance(ifName, x), instance(ifAlias, x), instance(ifDescr, x))
	}
	values, err := d.client.get(ctx, oids)
	if err != nil {
		return err
	}
	for n, i := range found {
		i.describe(values[3*n], values[3*n+1], values[3*n+2])
		if settle {
			i.settle(values[3*n], values[3*n+1], values[3*n+2])
		}
	}
	return nil
}

func (d *device) found() []*iface {
	var found []*iface
	for _, i := range d.ifaces {
		if i.err == nil {
			found = append(found, i)
		}
	}
	return found
}

// place is where the answer to an object belongs.
type place struct {
	i *iface // nil: the device itself
	s slot   // slots: the proof of the index
}

// fetch asks for the device's age and the interfaces' columns, and then for the
// other column of what it turned out not to have.
func (d *device) fetch(ctx context.Context) error {
	oids := []string{sysUpTime}
	if !d.noEngine {
		oids = append(oids, snmpEngineTime, snmpEngineBoots)
	}
	own := len(oids)
	var places []place
	for _, i := range d.found() {
		oids, places = append(oids, instance(i.witness, i.match.index)), append(places, place{i, slots})
		for s := range slots {
			if oid, _ := i.column(s); oid != "" {
				oids, places = append(oids, instance(oid, i.match.index)), append(places, place{i, s})
			}
		}
	}
	values, err := d.client.get(ctx, oids)
	if err != nil {
		return err
	}
	d.takeClock(values[:own])
	return d.fetchSecond(ctx, takeAll(places, values[own:]))
}

// takeAll stores the answers and returns the places whose other column should
// be asked for. Of an interface whose index means something else now only the
// proof of that is taken.
func takeAll(places []place, values []value) []place {
	var second []place
	for n, p := range places {
		switch {
		case p.s == slots:
			p.i.proved = values[n]
		case p.i.moved():
		case p.i.take(p.s, values[n]):
			second = append(second, p)
		}
	}
	return second
}

func (d *device) takeClock(values []value) {
	var engine, boots value
	if len(values) > 1 {
		engine, boots = values[1], values[2]
		d.noEngine = !engine.present() && !boots.present()
	}
	if d.age.see(newClock(d.now(), values[0], engine, boots)) {
		d.restarted = true
	}
}

func (d *device) fetchSecond(ctx context.Context, places []place) error {
	if len(places) == 0 {
		return nil
	}
	oids := make([]string, len(places))
	for n, p := range places {
		oids[n] = instance(columns[p.s].second, p.i.match.index)
	}
	values, err := d.client.get(ctx, oids)
	if err != nil {
		return err
	}
	for n, p := range places {
		p.i.takeSecond(p.s, values[n])
	}
	return nil
}
