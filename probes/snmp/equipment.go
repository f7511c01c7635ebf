package snmp

import (
	"cmp"
	"context"
	"maps"
	"math"
	"reflect"
	"slices"
	"time"

	"wanwatch/probes"
	"wanwatch/probes/metric"
	"wanwatch/probes/snmp/profile"
)

// takeProfile brings the profile up to date: the one that the settings name, which is
// read anew if it is a file, else the one that the device's sysObjectID calls for. Facts
// that are missing are asked for where the profile says. What a former profile named is
// taken away.
func (p *prober) takeProfile(ctx context.Context, f *facts, emit probes.Emit) error {
	chosen := profile.For(f.sysObjectID)
	if p.profileName != "" {
		var err error
		if chosen, err = profile.Read(p.profileName); err != nil {
			p.logger.Warn("the equipment is not asked by its profile", "target", p.job.Target.ID, "probe", p.job.Probe.Name, "error", err)
			return err
		}
	}
	if !reflect.DeepEqual(chosen, p.profile) {
		if p.profile != nil {
			p.emitEquipment(&equipment{}, p.now(), emit)
		}
		p.profile = chosen
	}
	if chosen == nil {
		return nil
	}
	return p.client.readOwnFacts(ctx, chosen, f)
}

// readEquipment asks for what the profile names, and hands it over. What the equipment
// does not tell, or not this time, is taken away.
func (p *prober) readEquipment(ctx context.Context, emit probes.Emit) {
	start := p.now()
	// One row at a time: what is told beyond a column may be who met whom.
	defer func(n uint32) { p.client.repetitions = n }(p.client.repetitions)
	p.client.repetitions = 1
	e := &equipment{client: p.client, states: map[profile.OID][]int64{}}
	if err := e.read(ctx, p.profile); err != nil {
		p.client.trace.Logf("what the profile names could not be read: %v", err)
		e = &equipment{}
	}
	p.emitEquipment(e, start, emit)
}

func (p *prober) emitEquipment(e *equipment, start time.Time, emit probes.Emit) {
	p.samples = p.samples[:0]
	p.addStates(e)
	p.addCalls(e)
	p.addTraffic()
	emit(&probes.Result{
		Job: p.job, Target: p.job.Target, Outcome: probes.Note, Start: start,
		Duration: p.now().Sub(start), Samples: p.samples,
	})
}

// equipment is what was answered.
type equipment struct {
	client *client
	states map[profile.OID][]int64 // of an object one, of a column one a row
	calls  []call
}

// call are the figures of one row of the table of calls, in the order of figures; NaN:
// not told.
type call [6]float64

// figures are the columns of calls in a fixed order; nil where the profile has none.
func figures(p *profile.Profile) [6]*profile.Figure {
	c := p.Calls
	return [6]*profile.Figure{c.Loss.Receive, c.Loss.Transmit, c.Jitter.Receive, c.Jitter.Transmit, c.Latency.Receive, c.Latency.Transmit}
}

// read asks for the objects in one GET, and walks the columns.
func (e *equipment) read(ctx context.Context, p *profile.Profile) error {
	var objects, columns []profile.OID
	for _, group := range []map[string]*profile.State{p.Parts, p.Registrations} {
		for _, id := range slices.Sorted(maps.Keys(group)) {
			if s := group[id]; s.Column != "" {
				columns = append(columns, s.Column)
			} else {
				objects = append(objects, s.Object)
			}
		}
	}
	oids := make([]string, len(objects))
	for i, o := range objects {
		oids[i] = string(o)
	}
	values, err := e.client.get(ctx, oids)
	if err != nil {
		return err
	}
	for i, v := range values {
		if n, ok := v.integer(); ok {
			e.states[objects[i]] = []int64{n}
		}
	}
	for _, c := range columns {
		err := e.client.walk(ctx, string(c), func(_ uint32, v value) error {
			if n, ok := v.integer(); ok {
				e.states[c] = append(e.states[c], n)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return e.readCalls(ctx, p)
}

// readCalls finds the calls by a walk over the first column, and asks for the other
// columns of these rows by name.
func (e *equipment) readCalls(ctx context.Context, p *profile.Profile) error {
	var rows []uint32
	walked := -1
	var oids []string
	for i, f := range figures(p) {
		switch {
		case f == nil:
		case walked < 0:
			walked = i
			err := e.client.walk(ctx, string(f.Column), func(index uint32, v value) error {
				rows = append(rows, index)
				c := call{math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN()}
				c[i] = scaled(f, v)
				e.calls = append(e.calls, c)
				return nil
			})
			if err != nil {
				return err
			}
		default:
			for _, index := range rows {
				oids = append(oids, instance(string(f.Column), index))
			}
		}
	}
	values, err := e.client.get(ctx, oids)
	if err != nil {
		return err
	}
	for i, f := range figures(p) {
		if f == nil || i == walked {
			continue
		}
		for row := range rows {
			e.calls[row][i] = scaled(f, values[row])
		}
		values = values[len(rows):]
	}
	return nil
}

// scaled is the value of a figure; NaN if it is not told.
func scaled(f *profile.Figure, v value) float64 {
	n, ok := v.integer()
	if !ok || n < 0 {
		return math.NaN()
	}
	return float64(n) * cmp.Or(f.Scale, 1)
}

// verdict is 1 if a part works, 0 if it has failed, NaN if it says neither.
func (e *equipment) verdict(s *profile.State) float64 {
	verdict := math.NaN()
	for _, n := range append(e.states[s.Object], e.states[s.Column]...) {
		switch {
		case slices.Contains(s.Failed, int(n)):
			return 0
		case slices.Contains(s.Works, int(n)):
			verdict = 1
		}
	}
	return verdict
}

// addStates adds the parts, and whether the equipment is registered: by one protocol is
// enough.
func (p *prober) addStates(e *equipment) {
	for _, id := range slices.Sorted(maps.Keys(p.profile.Parts)) {
		p.add(metric.EquipmentPart, e.verdict(p.profile.Parts[id]), id)
	}
	if len(p.profile.Registrations) == 0 {
		return
	}
	registered := math.NaN()
	for _, id := range slices.Sorted(maps.Keys(p.profile.Registrations)) {
		v := e.verdict(p.profile.Registrations[id])
		p.client.trace.Logf("registration by %s: %s", id, stateWord(v))
		if math.IsNaN(registered) || v > registered {
			registered = v
		}
	}
	p.add(metric.Registered, registered)
}

func stateWord(v float64) string {
	switch {
	case math.IsNaN(v):
		return "off, or not told"
	case v == 1:
		return "works"
	default:
		return "failed"
	}
}

// addCalls adds how many calls are on, and the worst figures of them.
func (p *prober) addCalls(e *equipment) {
	known, count := false, float64(len(e.calls))
	if e.client == nil {
		count = math.NaN()
	}
	metrics := [...]*metric.Desc{metric.EquipmentCallLoss, metric.EquipmentCallJitter, metric.EquipmentCallLatency}
	for i, f := range figures(p.profile) {
		if f == nil {
			continue
		}
		known = true
		worst := math.NaN()
		for _, c := range e.calls {
			if math.IsNaN(worst) || c[i] > worst {
				worst = c[i]
			}
		}
		p.add(metrics[i/2], worst, [...]string{"receive", "transmit"}[i%2])
	}
	if known {
		p.add(metric.EquipmentCalls, count)
		p.client.trace.Logf("calls that are on: %g", count)
	}
}
