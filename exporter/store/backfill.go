package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
)

// Column is a series of the past: a value for each moment of a span; NaN where there
// is none.
type Column struct {
	Labels map[string]string
	Values []float64
	// At are the moments of the values where they are not those of the span, in order and
	// within it.
	At []time.Time
}

// Past makes what some series were. It is called for span after span in the order of
// time, by one goroutine at a time, with the span's moments, and gives columns of as
// many values. It may give the same memory again.
type Past func(moments []time.Time) []Column

// Backfilling says what Backfill writes.
type Backfilling struct {
	// Path is the folder of the database. No store has it open, and it has no samples
	// of the time.
	Path string
	// From is included, To is not; a sample is written each Step.
	From, To time.Time
	Step     time.Duration
	Series   []Past
	// Progress is told the share of the time that is written; it may be nil.
	Progress func(share float64)
}

// spanOfBlocks is how much time a block of the past covers: the fifth size that the
// database itself makes of blocks of two hours.
const spanOfBlocks = 162 * time.Hour

// Backfill writes samples of the past into a database before it is opened. What it
// has written stays if it fails or ctx ends.
func Backfill(ctx context.Context, b Backfilling) error {
	if err := os.MkdirAll(b.Path, 0o750); err != nil {
		return fmt.Errorf("write the past: %w", err)
	}
	for from := b.From; from.Before(b.To); {
		to := from.Truncate(spanOfBlocks).Add(spanOfBlocks)
		if to.After(b.To) {
			to = b.To
		}
		var moments []time.Time
		for at := from; at.Before(to); at = at.Add(b.Step) {
			moments = append(moments, at)
		}
		if err := b.block(ctx, moments); err != nil {
			return fmt.Errorf("write the past of %s: %w", from.Format(time.DateOnly), err)
		}
		from = moments[len(moments)-1].Add(b.Step)
		if b.Progress != nil {
			b.Progress(min(1, float64(from.Sub(b.From))/float64(b.To.Sub(b.From))))
		}
	}
	return nil
}

// block writes a block.
func (b *Backfilling) block(ctx context.Context, moments []time.Time) (err error) {
	// A writer takes samples that are older than the newest by half of its size.
	w, err := tsdb.NewBlockWriter(slog.New(slog.DiscardHandler), b.Path, 2*spanOfBlocks.Milliseconds())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	stamps := stampsOf(moments)
	var (
		workers sync.WaitGroup
		mu      sync.Mutex
		failed  []error
		next    int
	)
	take := func() Past {
		mu.Lock()
		defer mu.Unlock()
		if next == len(b.Series) || len(failed) > 0 || ctx.Err() != nil {
			return nil
		}
		next++
		return b.Series[next-1]
	}
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for past := take(); past != nil; past = take() {
				if err := appendColumns(ctx, w, stamps, past(moments)); err != nil {
					mu.Lock()
					failed = append(failed, err)
					mu.Unlock()
				}
			}
		})
	}
	workers.Wait()
	if err := errors.Join(append(failed, ctx.Err())...); err != nil {
		return err
	}
	_, err = w.Flush(ctx)
	return err
}

func appendColumns(ctx context.Context, w *tsdb.BlockWriter, stamps []int64, columns []Column) error {
	a := w.Appender(ctx)
	for _, c := range columns {
		set, ref := labels.FromMap(c.Labels), storage.SeriesRef(0)
		own := stampsOf(c.At)
		if c.At == nil {
			own = stamps
		}
		for i, v := range c.Values {
			if math.IsNaN(v) {
				continue
			}
			var err error
			if ref, err = a.Append(ref, set, own[i], v); err != nil {
				return errors.Join(fmt.Errorf("%s: %w", set, err), a.Rollback())
			}
		}
	}
	return a.Commit()
}

func stampsOf(moments []time.Time) []int64 {
	stamps := make([]int64, len(moments))
	for i, at := range moments {
		stamps[i] = at.UnixMilli()
	}
	return stamps
}
