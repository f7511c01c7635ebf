package app

import (
	"context"
	"time"

	"wanwatch/dashboards/meetings"
)

// conferences are the meetings as the pages ask about them.
type conferences struct{ *App }

// Upcoming are the meetings that are on or come.
func (c conferences) Upcoming() []meetings.Occasion {
	return upcoming(c.running.Load().inv, time.Now())
}

// Check is the last check before a meeting.
func (c conferences) Check(id string) (meetings.Check, bool) {
	found, ok := c.meetings.all()[id]
	return found, ok
}

// Record is how a meeting went the last time.
func (c conferences) Record(ctx context.Context, id string) (r meetings.Record, ok bool, err error) {
	inv := c.running.Load().inv
	m := inv.Meetings[id]
	if m == nil || c.history == nil {
		return r, false, nil
	}
	o, ok := meetings.Last(m, time.Now())
	if !ok {
		return r, false, nil
	}
	r, err = c.recordMeeting(ctx, inv, o)
	return r, err == nil, err
}
