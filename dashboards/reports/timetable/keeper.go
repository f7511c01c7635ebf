package timetable

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"wanwatch/dashboards/reports/write"
)

// Made is a report that was made.
type Made struct {
	Files   []string // paths
	Subject string   // of a mail about it
	Text    string
}

// Keeper makes reports and sends them.
type Keeper struct {
	File *File
	// Zone is that of the organization, at the moment.
	Zone func() *time.Location
	// Make makes a report on a period and writes its files, whose names begin with stem.
	Make func(ctx context.Context, j *Job, p Period, stem string) (Made, error)
	// Send mails it.
	Send func(ctx context.Context, to []string, m Made) error
	// Tell is told how each attempt ended; a nil error: well.
	Tell   func(id string, err error)
	Logger *slog.Logger

	state map[string]*state
	tries map[string]*tries
}

// state is what is known of a job, on disk, so that nothing is made or sent twice.
type state struct {
	Period string `json:"period"` // the last that was begun
	Made   *Made  `json:"made,omitempty"`
	Done   bool   `json:"done"` // made, and sent if it is to be
}

// tries are the failures of a job since it last went well.
type tries struct {
	failed int
	next   time.Time
}

const (
	look     = 30 * time.Second // how often the clock is looked at
	patience = 30 * time.Minute // for one report
	// firstRetry is doubled up to lastRetry.
	firstRetry = 5 * time.Minute
	lastRetry  = time.Hour
)

// Open reads what is known of the jobs; now has the organization's clock. A job that is new begins with the period that is
// on: what lies before it is nobody's order.
func (k *Keeper) Open(now time.Time) error {
	k.state, k.tries = map[string]*state{}, map[string]*tries{}
	if err := os.MkdirAll(k.File.Folder, 0o700); err != nil {
		return fmt.Errorf("a folder for reports: %w", err)
	}
	data, err := os.ReadFile(k.path())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("what is known of scheduled reports: %w", err)
	}
	if err == nil {
		if err := json.Unmarshal(data, &k.state); err != nil {
			return fmt.Errorf("%s: what is known of scheduled reports cannot be read: %w; move the file away to begin anew", k.path(), err)
		}
	}
	for id, j := range k.File.Reports {
		if k.state[id] == nil {
			k.state[id] = &state{Period: j.Due(now).Name, Done: true}
		}
		k.tries[id] = &tries{}
	}
	return k.save()
}

func (k *Keeper) path() string { return filepath.Join(k.File.Folder, "schedule.json") }

func (k *Keeper) save() error {
	data, err := json.MarshalIndent(k.state, "", "  ")
	if err == nil {
		err = write.Whole(k.path(), data)
	}
	return err
}

// Run makes reports until the context ends.
func (k *Keeper) Run(ctx context.Context) {
	ticks := time.NewTicker(look)
	defer ticks.Stop()
	for {
		for _, id := range slices.Sorted(maps.Keys(k.File.Reports)) {
			k.attend(ctx, id, time.Now())
		}
		select {
		case <-ticks.C:
		case <-ctx.Done():
			return
		}
	}
}

// attend makes a report if it is due, or sends what could not be sent.
func (k *Keeper) attend(ctx context.Context, id string, now time.Time) {
	j, s, t := k.File.Reports[id], k.state[id], k.tries[id]
	p := j.Due(now.In(k.Zone()))
	if p.Name == s.Period && s.Done || now.Before(t.next) || ctx.Err() != nil {
		return
	}
	if p.Name != s.Period {
		*s = state{Period: p.Name}
	}
	err := k.attempt(ctx, id, j, p, s)
	if ctx.Err() != nil {
		return // the program ends; it goes on when it starts
	}
	k.Tell(id, err)
	if err == nil {
		*t = tries{}
		return
	}
	wait := min(firstRetry<<min(t.failed, 10), lastRetry)
	t.failed++
	t.next = now.Add(wait)
	k.Logger.Error("a scheduled report failed", "report", id, "period", p.Name, "again_in", wait, "error", err)
}

func (k *Keeper) attempt(ctx context.Context, id string, j *Job, p Period, s *state) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if s.Made == nil {
		made, err := k.Make(ctx, j, p, filepath.Join(k.File.Folder, "wanwatch-"+id+"-"+p.Name))
		if err != nil {
			return err
		}
		s.Made = &made
		k.Logger.Info("report made", "report", id, "period", p.Name, "files", len(made.Files))
	}
	if len(j.Mail) > 0 {
		if err := k.Send(ctx, j.Mail, *s.Made); err != nil {
			return errors.Join(fmt.Errorf("mail report %s to %d addresses: %w", id, len(j.Mail), err), k.save())
		}
		k.Logger.Info("report sent", "report", id, "period", p.Name, "addresses", len(j.Mail))
	}
	s.Made, s.Done = nil, true
	return k.save()
}
