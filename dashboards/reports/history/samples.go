package history

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/prometheus/common/model"
)

// Samples returns what is stored under a name about some targets, on a grid: at each step
// after from, up to to, the last sample since the step before; NaN where there is none.
// Where the server does not give its samples away it is asked for the same in its query
// language.
func (a *API) Samples(ctx context.Context, name string, targets []string, from, to time.Time, step time.Duration) ([]Series, error) {
	g := grid{from: from.UnixMilli(), step: step.Milliseconds(), steps: int(to.Sub(from) / step)}
	var all []Series
	err := a.read(ctx, name, targets, from, to, func(labels map[string]string) Taker {
		values := g.empty()
		all = append(all, Series{Labels: labels, Values: values})
		return g.taker(values)
	})
	if errors.Is(err, ErrNotThere) {
		return a.lastOf(ctx, name, targets, from, to, step)
	}
	return all, err
}

// read asks for samples as they are stored, as patiently as for a query's answer.
func (a *API) read(ctx context.Context, name string, targets []string, from, to time.Time, each func(map[string]string) Taker) error {
	if a.raw == nil {
		return ErrNotThere
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	a.queries.Add(1)
	err := a.raw.Read(ctx, name, targets, from, to, each)
	if err != nil && !errors.Is(err, ErrNotThere) {
		return a.explain(ctx, name, err)
	}
	return err
}

// Trace is a series with the times of its values.
type Trace struct {
	Labels map[string]string
	At     []time.Time
	Values []float64
}

// Stored returns what is stored under a name about some targets, when it was stored: after
// from, up to to. Where the server does not give its samples away, it is asked for the
// value at each step.
func (a *API) Stored(ctx context.Context, name string, targets []string, from, to time.Time, step time.Duration) ([]Trace, error) {
	var all []Trace
	err := a.read(ctx, name, targets, from, to, func(labels map[string]string) Taker {
		i := len(all)
		all = append(all, Trace{Labels: labels})
		return func(at int64, v float64) {
			if !math.IsNaN(v) {
				all[i].At, all[i].Values = append(all[i].At, time.UnixMilli(at)), append(all[i].Values, v)
			}
		}
	})
	if errors.Is(err, ErrNotThere) {
		return a.atSteps(ctx, name, targets, from, to, step)
	}
	return all, err
}

func (a *API) atSteps(ctx context.Context, name string, targets []string, from, to time.Time, step time.Duration) ([]Trace, error) {
	expr := fmt.Sprintf(`%s{target=~"%s"}`, name, strings.Join(targets, "|"))
	found, err := a.Range(ctx, expr, from, to, step, len(targets))
	all := make([]Trace, len(found))
	for i, s := range found {
		all[i].Labels = s.Labels
		for n, v := range s.Values {
			if !math.IsNaN(v) {
				all[i].At, all[i].Values = append(all[i].At, from.Add(step*time.Duration(n+1))), append(all[i].Values, v)
			}
		}
	}
	return all, err
}

// seriesOfTarget is about how many series a name has for each target.
const seriesOfTarget = 3

func (a *API) lastOf(ctx context.Context, name string, targets []string, from, to time.Time, step time.Duration) ([]Series, error) {
	expr := fmt.Sprintf(`last_over_time(%s{target=~"%s"}[%s])`, name, strings.Join(targets, "|"), model.Duration(step))
	return a.Range(ctx, expr, from, to, step, seriesOfTarget*len(targets))
}

// grid are moments at equal distances, in milliseconds; the first is a step after from.
type grid struct {
	from, step int64
	steps      int
}

func (g grid) empty() []float64 {
	values := make([]float64, g.steps)
	for i := range values {
		values[i] = math.NaN()
	}
	return values
}

// taker puts samples at their steps: the last one of a step stays. Values that mark the
// end of a series (NaN) do not count.
func (g grid) taker(values []float64) Taker {
	n, end := 0, g.from+g.step // the step that the last sample fell into, and when it ends
	return func(at int64, v float64) {
		if at > end { // mostly into the next one
			n, end = n+1, end+g.step
			if at > end {
				n = int((at - g.from - 1) / g.step)
				end = g.from + g.step*int64(n+1)
			}
		}
		if at > g.from && n < len(values) && !math.IsNaN(v) {
			values[n] = v
		}
	}
}
