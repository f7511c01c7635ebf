package meetings

import (
	"strings"
	"testing"
	"time"

	"wanwatch/dashboards/texts"
	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/kinds"
	"wanwatch/probes/metric"
)

const sample = `
timezone: Asia/Ho_Chi_Minh
sites: {centre: {}, a: {}, b: {}}
providers: {vnpt: {}, viettel: {}}
links:
  a-main: {from: centre, to: a, provider: vnpt, bandwidth: {down: 20Mbps, up: 20Mbps}, ping: 192.0.2.1}
  a-backup: {from: centre, to: a, provider: viettel, role: backup, ping: 192.0.2.2}
  other: {from: a, to: centre, provider: viettel, ping: 192.0.2.3}
uplinks:
  a-net: {site: a, ping: 192.0.2.4}
  b-net: {site: b, ping: 192.0.2.5}
endpoints:
  gatekeeper: {site: centre, type: gatekeeper, address: 192.0.2.9}
  room-a: {site: a, address: 192.0.2.10, call_bandwidth: 4Mbps, probes: {ping: {}, h323: {gatekeeper: gatekeeper, alias: a}}}
  room-b: {site: b, address: 192.0.2.11, call_bandwidth: 4Mbps}
  elsewhere: {site: b, address: 192.0.2.12}
meetings:
  m: {start: 2026-12-01T08:00, duration: 2h, repeat: FREQ=WEEKLY, endpoints: [room-a, room-b]}
maintenance:
  - {targets: [a-backup], start: 2026-12-08T09:00, end: 2026-12-08T12:00, reason: thay cáp}
  - {targets: [room-b], start: 2026-12-15T07:00, end: 2026-12-15T08:00}
  - {targets: [room-b], start: 2026-12-22T09:59, end: 2026-12-22T12:00}
`

func load(t *testing.T) *inventory.Inventory {
	t.Helper()
	inv, err := inventory.Parse([]inventory.File{{Name: "m.yaml", Data: []byte(sample)}}, kinds.Inventory())
	if err != nil {
		t.Fatal(err)
	}
	return inv
}

// on returns the occasion of a day in December 2026.
func on(t *testing.T, inv *inventory.Inventory, day int) Occasion {
	t.Helper()
	o, ok := Next(inv.Meetings["m"], time.Date(2026, 12, day, 0, 0, 0, 0, inv.Timezone))
	if !ok || o.Start.Day() != day {
		t.Fatalf("%+v %v", o, ok)
	}
	return o
}

// bad is what a probe found, by "target probe".
type bad map[string]probes.Result

// reports runs nothing: all probes of the scope are well but those that are bad.
func reports(inv *inventory.Inventory, o Occasion, bad bad) (list []probes.Report) {
	for _, t := range ScopeOf(inv, o.Meeting).Targets() {
		for _, p := range t.Probes {
			r, ok := bad[t.ID+" "+p.Name]
			if !ok {
				r = probes.Result{Outcome: probes.Success}
			}
			r.Target = t
			r.Job = probes.Job{Target: t, Probe: p}
			list = append(list, probes.Report{Job: r.Job, Results: []probes.Result{r}})
		}
	}
	return list
}

func fails(why probes.Reason) probes.Result {
	r := probes.Result{Outcome: probes.Failure, Reason: why, Detail: "it said so"}
	if why.Self() {
		r.Outcome = probes.Unknown
	}
	return r
}

func expires(at time.Time) probes.Result {
	return probes.Result{Outcome: probes.Success, Samples: []probes.Sample{{Metric: metric.CertificateExpiry, Value: float64(at.Unix())}}}
}

func TestScope(t *testing.T) {
	inv := load(t)
	var ids []string
	for _, x := range ScopeOf(inv, inv.Meetings["m"]).Targets() {
		ids = append(ids, x.ID)
	}
	if got, want := strings.Join(ids, " "), "gatekeeper room-a room-b a-backup a-main b-net"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestJudge(t *testing.T) {
	inv := load(t)
	first := on(t, inv, 1)
	for name, c := range map[string]struct {
		day      int
		bad      bad
		evidence Evidence
		want     string // level, then target:reason:level
	}{
		"all is well":             {1, nil, Evidence{}, "ready"},
		"a room is off":           {1, bad{"room-b ping": fails(probes.ReasonTimeout)}, Evidence{}, "not ready room-b:down:not ready"},
		"a room is not known":     {1, bad{"room-a h323": fails(probes.ReasonNotRegistered)}, Evidence{}, "not ready room-a:not_registered:not ready"},
		"nobody says":             {1, bad{"room-a h323": fails(probes.ReasonUndisclosed)}, Evidence{}, "at risk room-a:unknown:at risk"},
		"pings are filtered":      {1, bad{"room-a ping": fails(probes.ReasonTimeout)}, Evidence{}, "at risk room-a:probe:at risk"},
		"the gatekeeper is off":   {1, bad{"gatekeeper ping": fails(probes.ReasonTimeout)}, Evidence{}, "not ready gatekeeper:down:not ready"},
		"the gatekeeper is full":  {1, bad{"gatekeeper ping": fails(probes.ReasonUnavailable)}, Evidence{}, "at risk gatekeeper:degraded:at risk"},
		"its name is gone":        {1, bad{"room-a h323": fails(probes.ReasonResolve)}, Evidence{}, "not ready room-a:dns:not ready"},
		"no resolver answers":     {1, bad{"room-a h323": {Outcome: probes.Unknown, Reason: probes.ReasonResolve, Detail: "it said so"}}, Evidence{}, "at risk room-a:unknown:at risk"},
		"its certificate is bad":  {1, bad{"room-a h323": fails(probes.ReasonTLS)}, Evidence{}, "not ready room-a:certificate:not ready"},
		"it ends in the meeting":  {1, bad{"room-a h323": expires(first.End.Add(-time.Minute))}, Evidence{}, "not ready room-a:certificate:not ready"},
		"it ends soon after":      {1, bad{"room-a h323": expires(first.End.Add(time.Hour))}, Evidence{}, "at risk room-a:certificate_soon:at risk"},
		"it lasts":                {1, bad{"room-a h323": expires(first.End.Add(8 * 24 * time.Hour))}, Evidence{}, "ready"},
		"one of two lines":        {1, bad{"a-main ping": fails(probes.ReasonTimeout)}, Evidence{}, "at risk a-main:line_down:at risk"},
		"both lines":              {1, bad{"a-main ping": fails(probes.ReasonTimeout), "a-backup ping": fails(probes.ReasonTimeout)}, Evidence{}, "not ready a-backup:line_down:not ready a-main:line_down:not ready"},
		"the only line":           {1, bad{"b-net ping": fails(probes.ReasonTimeout)}, Evidence{}, "not ready b-net:line_down:not ready"},
		"maintenance of a line":   {8, nil, Evidence{}, "at risk a-backup:maintenance:at risk"},
		"and the other is down":   {8, bad{"a-main ping": fails(probes.ReasonTimeout)}, Evidence{}, "not ready a-backup:maintenance:not ready a-main:line_down:not ready"},
		"maintenance just before": {15, nil, Evidence{}, "ready"},
		"maintenance at the end":  {22, nil, Evidence{}, "not ready room-b:maintenance:not ready"},
		"no bandwidth":            {1, nil, Evidence{Free: map[string]float64{"a-main": 499_999}}, "at risk a-main:full:at risk"},
		"just enough":             {1, nil, Evidence{Free: map[string]float64{"a-main": 500_000}}, "ready"},
		"the other line has it":   {1, nil, Evidence{Free: map[string]float64{"a-main": 1, "a-backup": 1e6}}, "ready"},
		"usually none":            {1, nil, Evidence{Free: map[string]float64{"a-main": 1e6}, FreeUsually: map[string]float64{"a-main": -1}}, "at risk a-main:full_usually:at risk"},
		"poor of late":            {1, nil, Evidence{Poor: map[string]float64{"room-a": 0.2, "a-main": 0.05}}, "at risk room-a:quality:at risk"},
	} {
		t.Run(name, func(t *testing.T) {
			o := on(t, inv, c.day)
			c.evidence.Reports = reports(inv, o, c.bad)
			got := Judge(inv, o, c.evidence, o.Start.Add(-time.Hour))
			said := got.Level.Text().EN
			for _, p := range got.Parts {
				for _, f := range p.Findings {
					said += " " + p.Target.ID + ":" + string(f.Reason) + ":" + f.Level.Text().EN
					if _, known := texts.MeetingTexts()[f.Reason]; !known || f.Detail == "" && f.Reason != texts.MeetingMaintenance {
						t.Errorf("%s has no text, or no detail", f.Reason)
					}
				}
			}
			if said != c.want {
				t.Errorf("%s\nwant %s", said, c.want)
			}
		})
	}
}

// A target that this agent does not probe is not known, and not well.
func TestNothingIsKnown(t *testing.T) {
	inv := load(t)
	o := on(t, inv, 1)
	if c := Judge(inv, o, Evidence{}, o.Start); c.Level != texts.AtRisk || c.Parts[0].Findings[0].Reason != texts.MeetingUnknown {
		t.Errorf("%+v", c)
	}
}

func TestOccasions(t *testing.T) {
	m := load(t).Meetings["m"]
	start := m.Start
	for _, c := range []struct {
		at         time.Duration
		next, last time.Duration
	}{{-time.Hour, 0, -1}, {0, 0, 0}, {time.Hour, 0, 0}, {2 * time.Hour, 7 * 24 * time.Hour, 0}} {
		o, ok := Next(m, start.Add(c.at))
		if !ok || !o.Start.Equal(start.Add(c.next)) || o.End.Sub(o.Start) != 2*time.Hour {
			t.Errorf("after %s the next is %+v", c.at, o)
		}
		if o, ok := Last(m, start.Add(c.at)); ok != (c.last >= 0) || ok && !o.Start.Equal(start.Add(c.last)) {
			t.Errorf("after %s the last is %+v %v", c.at, o, ok)
		}
	}
}

// The minutes of a record add up to the meeting, and the worst come first.
func TestRecord(t *testing.T) {
	inv := load(t)
	o := on(t, inv, 1)
	o.End = o.Start.Add(10*time.Minute + 30*time.Second)
	var known []Moment
	for i, m := range []Moment{{State: 1}, {State: 3}, {State: 2}, {State: 2}, {State: 2}, {State: 1, Poor: true}, {State: 3}, {State: 3}, {State: 4}, {}, {State: 1}} {
		m.Time = o.Start.Add(time.Duration(i+1) * time.Minute)
		known = append(known, m)
	}
	r := RecordOf(inv, o, map[string][]Moment{"room-a": known})
	a, b := r.Rooms[0], r.Rooms[1]
	if a.Good != 90*time.Second || a.Degraded != 4*time.Minute || a.Lost != 3*time.Minute || a.Unknown != 2*time.Minute {
		t.Errorf("%+v", a)
	}
	if a.Good+a.Degraded+a.Lost+a.Unknown != o.End.Sub(o.Start) || b.Unknown != o.End.Sub(o.Start) {
		t.Error("the minutes do not add up")
	}
	want := []Spell{{o.Start.Add(6 * time.Minute), o.Start.Add(8 * time.Minute), true}, {o.Start.Add(time.Minute), o.Start.Add(2 * time.Minute), true}, {o.Start.Add(2 * time.Minute), o.Start.Add(6 * time.Minute), false}}
	if len(a.Worst) != len(want) {
		t.Fatalf("%+v", a.Worst)
	}
	for i := range want {
		if a.Worst[i] != want[i] {
			t.Errorf("%+v, want %+v", a.Worst[i], want[i])
		}
	}
	if d := r.Document(); len(d.Rooms) != 2 || d.Rooms[0].Lost != 180 || d.Rooms[0].Worst[0].What != "lost" {
		t.Errorf("%+v", d)
	}
}
