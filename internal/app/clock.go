package app

import (
	"context"
	"time"

	"wanwatch/probes"
	"wanwatch/probes/metric"
	"wanwatch/probes/stamp/clock"
)

// clockEvery is how often the host's clock is asked about.
const clockEvery = 30 * time.Second

// watchClock tells what the kernel thinks of its clock, until ctx is done; where it
// does not say, there is nothing to tell.
func watchClock(ctx context.Context, meter probes.Meter) {
	ticks := time.NewTicker(clockEvery)
	defer ticks.Stop()
	for {
		if s, ok := clock.Now(); ok {
			synchronized := 0.0
			if s.Synchronized {
				synchronized = 1
			}
			meter.Set(metric.ClockSynchronized, synchronized)
			meter.Set(metric.ClockMaxError, s.MaxError.Seconds())
		}
		select {
		case <-ticks.C:
		case <-ctx.Done():
			return
		}
	}
}
