package probes

import (
	"log/slog"
	"net"
	"net/netip"

	"wanwatch/probes/metric"
	"wanwatch/probes/quality"
)

// WithDefaults fills in what is missing: a logger and a meter that drop
// everything, this host's resolver, the quality profile in the program, and no names of networks.
func (e Env) WithDefaults() Env {
	if e.Logger == nil {
		e.Logger = slog.New(slog.DiscardHandler)
	}
	if e.Meter == nil {
		e.Meter = DiscardMeter{}
	}
	if e.Resolver == nil {
		e.Resolver = net.DefaultResolver
	}
	if e.Quality == nil {
		e.Quality = quality.Standard()
	}
	if e.Network == nil {
		e.Network = func(netip.Addr) string { return "" }
	}
	return e
}

// DiscardMeter is a Meter that drops everything.
type DiscardMeter struct{}

// Add implements Meter.
func (DiscardMeter) Add(*metric.Desc, float64, ...string) {}

// Set implements Meter.
func (DiscardMeter) Set(*metric.Desc, float64, ...string) {}

// Observe implements Meter.
func (DiscardMeter) Observe(*metric.Desc, float64, ...string) {}
