package main

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	dto "github.com/prometheus/client_model/go"

	"wanwatch/internal/lab/inhabit"
	"wanwatch/internal/lab/inhabit/gatekeeper"
	"wanwatch/internal/lab/inhabit/mirror"
	"wanwatch/internal/lab/inhabit/registrar"
)

// here is this process as the lab's inhabitants see a network.
type here struct{ net.ListenConfig }

// roomInterval is how often each room is probed in each way.
const roomInterval = 10 * time.Second

// runRooms measures rooms that are each pinged, asked for at a SIP server, and asked
// for at a gatekeeper with a connection to their signalling port.
func runRooms(ctx context.Context, b *bench) error {
	n := b.sizes.rooms
	logf("rooms: %d, by ping, SIP and H.323, and %d STAMP streams", n, roomStreams)
	servers, err := startServers(ctx, n)
	if err != nil {
		return err
	}
	defer servers.Close() //nolint:errcheck // the measurement is over
	inventory, err := b.roomInventory(n)
	if err != nil {
		return err
	}
	s, err := b.startWanwatch(ctx, inventory)
	if err != nil {
		return err
	}
	defer s.stop()
	if err := s.wait(ctx, b.sizes.warmup+roomInterval); err != nil {
		return err
	}
	before, err := readRooms(ctx, s.metrics)
	if err != nil {
		return err
	}
	use, err := s.use(ctx, b.sizes.roomWindow)
	if err != nil {
		return err
	}
	after, err := readRooms(ctx, s.metrics)
	if err != nil {
		return err
	}
	_, peak, err := s.memory()
	if err != nil {
		return err
	}
	probes := after.attempts - before.attempts
	t := table{title: fmt.Sprintf("%s rooms, each by ping, SIP and H.323 every %s, and %d STAMP streams", thousands(n), roomInterval, roomStreams), head: []string{"", ""}}
	t.add("of a core", percent(use.share()))
	t.add("processor time of a probe", fmt.Sprintf("%.0f µs", float64(use.cpu.Microseconds())/max(probes, 1)))
	t.add("memory, peak", megabytes(peak))
	t.add("probes, failed", fmt.Sprintf("%.0f, %.0f", probes, after.failures-before.failures))
	t.add("STAMP packets sent, lost", fmt.Sprintf("%.0f, %.0f", after.stampSent-before.stampSent, after.stampLost-before.stampLost))
	t.add("starts left out", fmt.Sprintf("%.0f", after.skipped-before.skipped))
	t.add("started late by more than 10 ms, more than 0.1 s", fmt.Sprintf("%.2f %%, %.2f %%", 100*after.late(before, 0.01), 100*after.late(before, 0.1)))
	t.note("In a window of %s. The servers are the lab's, in one other process; an H.323 probe is a TCP connection and a question to the gatekeeper.", b.sizes.roomWindow)
	b.report.tables = append(b.report.tables, t)
	return nil
}

// The ports of the servers.
const (
	roomSIP   = 25060
	roomCalls = 21720
	roomRAS   = 21719
	roomSTAMP = 21862
)

// roomStreams is how many STAMP streams like a voice call's go on beside the rooms.
const roomStreams = 50

func startServers(ctx context.Context, n int) (inhabit.All, error) {
	at := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), roomCalls)
	g := &gatekeeper.Gatekeeper{Address: fmt.Sprintf("127.0.0.1:%d", roomRAS), Rooms: map[string]netip.AddrPort{}}
	r := &registrar.Registrar{Address: fmt.Sprintf("127.0.0.1:%d", roomSIP), Rooms: map[string]string{}}
	for i := range n {
		g.Rooms[roomName(i)], r.Rooms[roomName(i)] = at, "200 OK"
	}
	all := inhabit.All{g, r, &mirror.Mirror{Address: fmt.Sprintf("127.0.0.1:%d", roomSTAMP), Forget: true}, &inhabit.TCP{Address: fmt.Sprintf(":%d", roomCalls)}}
	return all, all.Start(ctx, &here{})
}

func roomName(i int) string { return fmt.Sprintf("room-%05d", i) }

func (b *bench) roomInventory(n int) (string, error) {
	var text strings.Builder
	fmt.Fprintf(&text, "organization: Benchmark\ndefaults: {ping: {interval: %[1]s}, sip: {interval: %[1]s}, h323: {interval: %[1]s}}\nsites:\n  loopback: {name: Loopback}\nendpoints:\n", roomInterval)
	for i := range roomStreams {
		fmt.Fprintf(&text, "  stream-%02d: {site: loopback, address: 127.0.0.1, probes: {stamp: {port: %d}}}\n", i, roomSTAMP)
	}
	text.WriteString("  gk: {site: loopback, type: gatekeeper, address: 127.0.0.1, probes: {ping: {}}}\n")
	for i, address := range loopbackAddresses(n) {
		name := roomName(i)
		fmt.Fprintf(&text, "  %s: {site: loopback, address: %s, probes: {ping: {}, sip: {address: 127.0.0.1, port: %d, room: %s}, h323: {port: %d, gatekeeper: gk, alias: %s, ras_port: %d}}}\n",
			name, address, roomSIP, name, roomCalls, name, roomRAS)
	}
	return b.file("rooms.yaml", text.String())
}

// roomState is what wanwatch says of its probes.
type roomState struct {
	attempts, failures, skipped float64
	started                     float64
	stampSent, stampLost        float64
	under                       map[float64]float64 // starts by how late they were at most
}

// late is the share of the starts since an earlier state that were later than edge.
func (s roomState) late(before roomState, edge float64) float64 {
	return 1 - (s.under[edge]-before.under[edge])/max(s.started-before.started, 1)
}

func readRooms(ctx context.Context, metrics string) (roomState, error) {
	s := roomState{under: map[float64]float64{}}
	err := families(ctx, metrics, readers{
		"wanwatch_probe_attempts_total":   func(f *dto.MetricFamily) { s.attempts = sum(f) },
		"wanwatch_probe_failures_total":   func(f *dto.MetricFamily) { s.failures = sum(f) },
		"wanwatch_stamp_sent_total":       func(f *dto.MetricFamily) { s.stampSent = sum(f) },
		"wanwatch_stamp_lost_total":       func(f *dto.MetricFamily) { s.stampLost = sum(f) },
		"wanwatch_schedule_skipped_total": func(f *dto.MetricFamily) { s.skipped = sum(f) },
		"wanwatch_schedule_lag_seconds": func(f *dto.MetricFamily) {
			for _, m := range f.GetMetric() {
				s.started += float64(m.GetHistogram().GetSampleCount())
				for _, b := range m.GetHistogram().GetBucket() {
					s.under[b.GetUpperBound()] += float64(b.GetCumulativeCount())
				}
			}
		},
	})
	return s, err
}
