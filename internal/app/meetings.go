package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"sync"
	"time"

	"wanwatch/dashboards/meetings"
	"wanwatch/dashboards/query"
	"wanwatch/exporter/store"
	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/metric"
)

// DefaultMeetingLead is how long before a meeting it is checked for the first time.
const DefaultMeetingLead = 30 * time.Minute

// How often meetings are looked at, and how often one is checked again until it
// starts.
const (
	meetingLook  = 10 * time.Second
	meetingAgain = 5 * time.Minute
)

// assembly is what is known of the meetings to come.
type assembly struct {
	mu     sync.Mutex
	checks map[string]meetings.Check // by the meeting's id
}

// watchMeetings checks each meeting a set time before it, and again until it starts.
func (a *App) watchMeetings(ctx context.Context) error {
	ticks := time.NewTicker(meetingLook)
	defer ticks.Stop()
	for {
		a.lookAtMeetings(ctx, time.Now())
		select {
		case <-ticks.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// lookAtMeetings checks those that are due, and forgets those that have ended.
func (a *App) lookAtMeetings(ctx context.Context, now time.Time) {
	all := a.running.Load()
	a.quicken(all, now)
	for id, c := range a.meetings.all() {
		m, ok := all.inv.Meetings[id]
		if o, next := meetings.Next(cmp.Or(m, c.Meeting), now); !ok || !next || !o.Start.Equal(c.Start) {
			a.forget(c)
		} else if !now.Before(c.Start) {
			a.publish(c, true)
		}
	}
	for _, o := range a.meetings.due(all.inv, now, a.opts.MeetingLead) {
		c, err := a.checkMeeting(ctx, all, o)
		if err != nil {
			a.opts.Logger.Error("a meeting could not be checked", "meeting", o.Meeting.ID, "error", err)
			continue
		}
		if ctx.Err() != nil {
			return
		}
		a.take(c)
		a.opts.Logger.Info("meeting checked", "meeting", o.Meeting.ID, "start", o.Start, "readiness", c.Level.Text().EN)
	}
}

func (s *assembly) all() map[string]meetings.Check {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.checks)
}

func (s *assembly) keep(c meetings.Check) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.checks == nil {
		s.checks = map[string]meetings.Check{}
	}
	s.checks[c.Meeting.ID] = c
}

// due returns the occasions that start within the lead and were not checked lately,
// the first to start first.
func (s *assembly) due(inv *inventory.Inventory, now time.Time, lead time.Duration) []meetings.Occasion {
	checks := s.all()
	return slices.DeleteFunc(upcoming(inv, now), func(o meetings.Occasion) bool {
		c, known := checks[o.Meeting.ID]
		lately := known && c.Start.Equal(o.Start) && now.Sub(c.At) < meetingAgain
		return lately || now.Before(o.Start.Add(-lead)) || !now.Before(o.Start)
	})
}

// take puts a check in the place of the one before. Of parts that are no longer in the
// meeting nothing more is told.
func (a *App) take(c meetings.Check) {
	gone := a.meetings.all()[c.Meeting.ID]
	gone.Parts = slices.DeleteFunc(slices.Clone(gone.Parts), func(old meetings.Part) bool {
		return slices.ContainsFunc(c.Parts, func(p meetings.Part) bool { return readiness(&c, p) == readiness(&c, old) })
	})
	a.publish(gone, true)
	a.meetings.keep(c)
	a.publish(c, false)
}

// forget drops what is known of a meeting that has ended.
func (a *App) forget(c meetings.Check) {
	a.publish(c, true)
	a.meetings.mu.Lock()
	defer a.meetings.mu.Unlock()
	delete(a.meetings.checks, c.Meeting.ID)
}

// publish tells what a check found, or takes it away.
func (a *App) publish(c meetings.Check, over bool) {
	for _, p := range c.Parts {
		value := float64(p.Level)
		if over {
			value = math.NaN()
		}
		labels := readiness(&c, p)
		a.exporter.Meter().Set(metric.MeetingReadiness, value, labels[:]...)
	}
}

// readiness are the labels of what is told of a part.
func readiness(c *meetings.Check, p meetings.Part) [4]string {
	return [4]string{c.Meeting.ID, p.Target.ID, string(p.Target.Kind), p.Target.Site}
}

// checkMeeting runs the probes of a meeting's scope and judges them, with what history
// says if there is one.
func (a *App) checkMeeting(ctx context.Context, all *generation, o meetings.Occasion) (meetings.Check, error) {
	e := meetings.Evidence{}
	var err error
	if e.Reports, err = runScope(ctx, a.env, a.opts.Kinds, all, o); err != nil {
		return meetings.Check{}, err
	}
	now := time.Now()
	if a.history != nil {
		e.History = true
		var errs [3]error
		e.Free, errs[0] = byTarget(ctx, a.history, query.LineFree, now)
		e.FreeUsually, errs[1] = byTarget(ctx, a.history, query.LineFreeUsually, now)
		e.Poor, errs[2] = byTarget(ctx, a.history, query.PoorLately, now)
		if err := errors.Join(errs[:]...); err != nil {
			return meetings.Check{}, fmt.Errorf("ask the history about meeting %s: %w", o.Meeting.ID, err)
		}
	}
	return meetings.Judge(all.inv, o, e, now), nil
}

// mostTries is how often a probe that is not well is made before that is believed: one
// lost packet condemns no room.
const mostTries = 3

// runScope runs all probes of what a meeting depends on, those that are not well again.
func runScope(ctx context.Context, env probes.Env, kinds []probes.Kind, all *generation, o meetings.Occasion) ([]probes.Report, error) {
	wanted := map[*inventory.Target]bool{}
	for _, t := range meetings.ScopeOf(all.inv, o.Meeting).Targets() {
		wanted[t] = true
	}
	var jobs []probes.Job
	for _, j := range all.jobs {
		if wanted[j.Target] {
			jobs = append(jobs, j)
		}
	}
	found := map[probes.Key]probes.Report{}
	again := jobs
	for try := 0; try < mostTries && len(again) > 0; try++ {
		if err := once(ctx, env, kinds, again, func(r probes.Report) { found[r.Job.Key()] = r }); err != nil {
			return nil, err
		}
		again = slices.DeleteFunc(slices.Clone(again), func(j probes.Job) bool {
			r := found[j.Key()]
			return len(r.Results) > 0 && r.Results[0].Verdict() == probes.Success
		})
	}
	reports := make([]probes.Report, 0, len(jobs))
	for _, j := range jobs {
		if r, ok := found[j.Key()]; ok {
			reports = append(reports, r)
		}
	}
	return reports, nil
}

// byTarget evaluates an expression that has one value for each target.
func byTarget(ctx context.Context, s *store.Store, expr string, at time.Time) (map[string]float64, error) {
	samples, err := s.Query(ctx, expr, at)
	values := make(map[string]float64, len(samples))
	for _, x := range samples {
		values[x.Labels["target"]] = x.Value
	}
	return values, err
}

// recordMeeting adds up what history knows of a meeting.
func (a *App) recordMeeting(ctx context.Context, inv *inventory.Inventory, o meetings.Occasion) (meetings.Record, error) {
	known := map[string][]meetings.Moment{}
	// History answers about moments to come with what is known last.
	if now := time.Now(); now.Before(o.End) {
		o.End = now
	}
	// A minute is judged at its end, so that the last one lies at the meeting's end.
	states, err := a.history.QueryRange(ctx, query.EndpointState, o.Start, o.End.Add(time.Minute), time.Minute)
	if err != nil {
		return meetings.Record{}, fmt.Errorf("ask the history about meeting %s: %w", o.Meeting.ID, err)
	}
	poor, err := a.history.QueryRange(ctx, query.PoorVideo, o.Start, o.End.Add(time.Minute), time.Minute)
	if err != nil {
		return meetings.Record{}, fmt.Errorf("ask the history about meeting %s: %w", o.Meeting.ID, err)
	}
	bad := map[string]map[int64]bool{}
	for _, s := range poor {
		of := map[int64]bool{}
		for _, p := range s.Points {
			of[p.Time.Unix()] = p.Value == 1
		}
		bad[s.Labels["target"]] = of
	}
	for _, s := range states {
		id := s.Labels["target"]
		for _, p := range s.Points {
			known[id] = append(known[id], meetings.Moment{Time: p.Time, State: int(p.Value), Poor: bad[id][p.Time.Unix()]})
		}
	}
	return meetings.RecordOf(inv, o, known), nil
}

// MeetingCheck is the check of a meeting by a command, without a running program.
type MeetingCheck struct {
	all   *generation
	check *Check
	occ   meetings.Occasion
}

// NewMeetingCheck loads the inventory and finds the meeting's occasion that is on at a
// moment, or the next. The error is as [NewCheck]'s, an [*UnknownError] if there is no
// such meeting.
func NewMeetingCheck(o CheckOptions, meeting string, at time.Time) (*MeetingCheck, error) {
	c, all, err := newCheck(o)
	if err != nil {
		return nil, err
	}
	m, ok := all.inv.Meetings[meeting]
	if !ok {
		return nil, &UnknownError{"meeting", meeting, inventory.Nearest(meeting, slices.Sorted(maps.Keys(all.inv.Meetings)))}
	}
	occ, ok := meetings.Next(m, at)
	if !ok {
		return nil, fmt.Errorf("meeting %s does not take place any more: its last start is past", meeting)
	}
	return &MeetingCheck{all, c, occ}, nil
}

// Run runs the probes and judges them.
func (c *MeetingCheck) Run(ctx context.Context) (meetings.Check, error) {
	reports, err := runScope(ctx, c.check.env, c.check.kinds, c.all, c.occ)
	if err != nil {
		return meetings.Check{}, err
	}
	return meetings.Judge(c.all.inv, c.occ, meetings.Evidence{Reports: reports}, time.Now()), nil
}

// Occasions loads an inventory and returns the occasion of each meeting that is on at
// a moment, or else the next, the first to start first.
func Occasions(path string, at time.Time) ([]meetings.Occasion, error) {
	_, all, err := newCheck(CheckOptions{Inventory: path})
	if err != nil {
		return nil, err
	}
	return upcoming(all.inv, at), nil
}

// upcoming returns the occasion of each meeting that is on or comes, the first first.
func upcoming(inv *inventory.Inventory, at time.Time) (list []meetings.Occasion) {
	for _, m := range inv.Meetings {
		if o, ok := meetings.Next(m, at); ok {
			list = append(list, o)
		}
	}
	slices.SortFunc(list, func(x, y meetings.Occasion) int {
		return cmp.Or(x.Start.Compare(y.Start), cmp.Compare(x.Meeting.ID, y.Meeting.ID))
	})
	return list
}
