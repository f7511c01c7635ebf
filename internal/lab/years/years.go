// Package years makes up months of the history of many lines: what rules and exporter
// would have left in a store. It follows a plan of which each figure is known, so that a
// report's figures can be held against the truth.
//
// Each site has two lines, of two providers. What a line carries follows the hours of
// the week, grows by the same amount each week, and is shaken by chance twice: each five
// minutes and each week.
package years

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"wanwatch/exporter/store"
)

// Plan says what is made up.
type Plan struct {
	Seed  uint64
	Sites int
	// From is included, To is not; both are whole hours.
	From, To time.Time
	// States asks for outages: the seconds that lines spent in each state, and the
	// states themselves on the days of outages. Without it all lines are up, and nothing
	// is written of it.
	States bool
}

// Step is the distance of the samples that rules keep for reports.
const Step = 5 * time.Minute

// Line is one of the lines.
type Line struct {
	ID, Site, Provider string
	// Contract is the bandwidth of each direction, in bytes a second.
	Contract float64
	// Fill is the share of the contract that is in use in a busy hour at the plan's
	// beginning, and Growth what is added to it each week.
	Fill, Growth float64
	Outages      []Outage // in the order of time, none touching another

	plan *Plan
	seed uint64
}

// Outage is a time in which a line was down, in whole seconds; the end is not included.
type Outage struct{ From, To time.Time }

const providers = 3

// Lines returns all lines.
func (p *Plan) Lines() []Line {
	wide := p.wide()
	lines := make([]Line, 0, 2*p.Sites)
	for site := range p.Sites {
		for n := range 2 {
			seed := p.Seed<<32 + uint64(2*site+n) + 1
			r := rand.New(rand.NewPCG(p.Seed, seed))
			provider := (site + n) % providers
			l := Line{
				ID: fmt.Sprintf("l%04d-%d", site, n), Site: fmt.Sprintf("s%04d", site), Provider: fmt.Sprintf("p%d", provider),
				Contract: []float64{10, 20, 50, 100, 200}[r.IntN(5)] * 125_000,
				Fill:     0.35 + 0.3*r.Float64(), Growth: 0.001 + 0.005*r.Float64(), plan: p, seed: seed,
			}
			if p.States {
				l.Outages = p.outages(r, wide[provider])
			}
			lines = append(lines, l)
		}
	}
	return lines
}

// Inventory is the plan's network as a file.
func (p *Plan) Inventory() []byte {
	var b bytes.Buffer
	b.WriteString("organization: Years\ntimezone: Asia/Ho_Chi_Minh\nproviders:\n")
	for i := range providers {
		fmt.Fprintf(&b, "  p%d: {name: Provider %d}\n", i, i)
	}
	b.WriteString("sites:\n  centre: {name: Centre}\n")
	for site := range p.Sites {
		fmt.Fprintf(&b, "  s%04d: {name: Site %04d}\n", site, site)
	}
	b.WriteString("defaults:\n  ping: {interval: 60s, timeout: 1s}\nlinks:\n")
	for i, l := range p.Lines() {
		fmt.Fprintf(&b, "  %s: {from: centre, to: %s, provider: %s, name: %s, bandwidth: %.0fMbps, ping: 198.18.%d.%d, contract: {number: %q, ends: 2030-12-31, lead_time: 45d, monthly_cost: {amount: 1000000, currency: VND}, sla: {availability: 99.9%%}}}\n",
			l.ID, l.Site, l.Provider, l.ID, l.Contract/125_000, i/250, i%250+1, l.ID)
	}
	return b.Bytes()
}

// Write writes the plan's history into a folder in which no store is open.
func (p *Plan) Write(ctx context.Context, path string) error {
	var series []store.Past
	for _, l := range p.Lines() {
		series = append(series, l.columns)
	}
	return store.Backfill(ctx, store.Backfilling{Path: path, From: p.From, To: p.To, Step: Step, Series: series})
}
