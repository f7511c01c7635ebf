package app

import (
	"context"
	"time"

	"golang.org/x/sys/unix"

	"wanwatch/probes"
	"wanwatch/probes/metric"
)

// clockEvery is how often the host's clock is asked about.
const clockEvery = 30 * time.Second

// watchClock tells what the kernel thinks of its clock (adjtimex(2)), until ctx is done.
// Reading it needs no permission; where it fails all the same, there is nothing to tell.
func watchClock(ctx context.Context, meter probes.Meter) {
	ticks := time.NewTicker(clockEvery)
	defer ticks.Stop()
	for {
		var t unix.Timex
		if state, err := unix.Adjtimex(&t); err == nil {
			synchronized := 1.0
			if state == unix.TIME_ERROR || t.Status&unix.STA_UNSYNC != 0 {
				synchronized = 0
			}
			meter.Set(metric.ClockSynchronized, synchronized)
			meter.Set(metric.ClockMaxError, float64(t.Maxerror)/1e6)
		}
		select {
		case <-ticks.C:
		case <-ctx.Done():
			return
		}
	}
}
