package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/gosnmp/gosnmp"
	dto "github.com/prometheus/client_model/go"

	"wanwatch/internal/lab/snmptest"
)

// community is what the simulated devices are asked with; they take any.
const community = "public"

// polled is what polls cost.
type polled struct {
	polls   float64
	packets float64       // request packets a poll
	cpu     time.Duration // a poll
	share   float64       // of one core
	failed  float64       // polls
	series  int           // on /metrics
	page    time.Duration // processor time of one scrape of them
	memory  int64
}

// runSNMP measures polls of a large device, and polls of many devices.
func runSNMP(ctx context.Context, b *bench) error {
	t := table{
		title: fmt.Sprintf("SNMP: devices of %d interfaces of which %d matter", b.sizes.interfaces, b.sizes.watched),
		head:  []string{"program", "devices", "polls", "failed", "request packets a poll", "CPU a poll", "of a core", "series", "memory"},
	}
	objects := deviceObjects(b.sizes.interfaces)

	// The first and the last poll of the window may be counted on one side only:
	// packets a poll are right to a tenth. Many polls a second of some devices, since one poll takes less than the
	// kernel's unit of processor time.
	few := min(100, b.sizes.devices)
	ours, err := b.pollWanwatch(ctx, objects, few, time.Second)
	if err != nil {
		return err
	}
	t.addPolled("wanwatch, each second", few, ours)
	b.report.goal("a device of 300 interfaces: request packets a poll", "%.1f", math.Round(10*ours.packets)/10, 2)
	b.report.goal("a device of 300 interfaces: CPU a poll", "%.2f ms", float64(ours.cpu)/float64(time.Millisecond), 2)

	peer, err := b.pollExporter(ctx, objects)
	switch {
	case isMissing(err):
		t.note("%v", err)
	case err != nil:
		return err
	default:
		t.addPolled("snmp_exporter, module if_mib", 1, peer)
	}

	many, err := b.pollWanwatch(ctx, objects, b.sizes.devices, b.sizes.interval)
	if err != nil {
		return err
	}
	t.addPolled(fmt.Sprintf("wanwatch, each %s", b.sizes.interval), b.sizes.devices, many)
	b.report.goal(fmt.Sprintf("%s devices each %s: share of a core", thousands(b.sizes.devices), b.sizes.interval), "%.3f", many.share, 0.1)

	t.note("Packets are counted by the simulated devices. snmp_exporter's CPU holds the making of the page that asks for the poll. "+
		"wanwatch polls by its own clock: one scrape of its page of %s series took %s more.", thousands(ours.series), millis(ours.page))
	b.report.tables = append(b.report.tables, t)
	return nil
}

func (t *table) addPolled(program string, devices int, p polled) {
	t.add(program, thousands(devices), thousands(p.polls), thousands(p.failed), fmt.Sprintf("%.2f", p.packets),
		millis(p.cpu), percent(p.share), thousands(p.series), megabytes(p.memory))
}

// pollWanwatch has wanwatch poll n devices, each once in interval.
func (b *bench) pollWanwatch(ctx context.Context, objects *snmptest.MIB, n int, interval time.Duration) (result polled, err error) {
	logf("snmp: wanwatch, %d devices each %s", n, interval)
	devices, err := startAgents(n, objects)
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, devices.close()) }()
	inventory, err := b.snmpInventory(devices.addresses, interval)
	if err != nil {
		return result, err
	}
	s, err := b.startWanwatch(ctx, inventory)
	if err != nil {
		return result, err
	}
	defer s.stop()
	// By then each device has been polled once, which resolves its interfaces.
	if err := s.wait(ctx, interval+b.sizes.warmup); err != nil {
		return result, err
	}
	pollsBefore, failedBefore, err := pollsOf(ctx, s.metrics)
	if err != nil {
		return result, err
	}
	devices.requests() // those of the start
	use, err := s.use(ctx, max(b.sizes.window, interval))
	if err != nil {
		return result, err
	}
	packets := devices.requests()
	pollsAfter, failedAfter, err := pollsOf(ctx, s.metrics)
	if err != nil {
		return result, err
	}
	result.polls, result.failed = pollsAfter-pollsBefore, failedAfter-failedBefore
	if result.polls == 0 {
		return result, fmt.Errorf("no device was polled in %s: %s", use.elapsed, s.lastWords())
	}
	result.packets = float64(packets) / result.polls
	result.cpu = time.Duration(float64(use.cpu) / result.polls)
	result.share = float64(use.cpu) / float64(use.elapsed)
	cost, err := b.measureScrape(ctx, s, 0, b.sizes.scrapes)
	if err != nil {
		return result, err
	}
	result.series, result.page = cost.last.series, cost.cpu
	result.memory, _, err = s.memory()
	return result, err
}

// snmpInventory writes an inventory of devices that are polled and not pinged.
func (b *bench) snmpInventory(addresses []string, interval time.Duration) (string, error) {
	secret, err := b.file("community", community+"\n")
	if err != nil {
		return "", err
	}
	var names []string
	for i := range b.sizes.watched {
		names = append(names, fmt.Sprintf("Gi0/%d", 1+i*b.sizes.interfaces/b.sizes.watched))
	}
	var text strings.Builder
	fmt.Fprintf(&text, "organization: Benchmark\ncredentials:\n  all: {snmp: {version: 2c, community: {file: %s}}}\n", secret)
	text.WriteString("sites:\n  loopback: {name: Loopback}\ndevices:\n")
	for i, address := range addresses {
		fmt.Fprintf(&text, "  switch-%04d: {site: loopback, address: %s, credential: all, interfaces: [%s], probes: {snmp: {interval: %s, timeout: 900ms}}}\n",
			i, address, strings.Join(names, ", "), interval)
	}
	return b.file(fmt.Sprintf("snmp-%d.yaml", len(addresses)), text.String())
}

// pollsOf reads how many SNMP polls have ended, and how many of them failed.
func pollsOf(ctx context.Context, metrics string) (polls, failed float64, err error) {
	err = families(ctx, metrics, readers{
		"wanwatch_probe_attempts_total": func(family *dto.MetricFamily) { polls = sum(family) },
		"wanwatch_probe_failures_total": func(family *dto.MetricFamily) { failed = sum(family) },
	})
	return polls, failed, err
}

// pollExporter asks Debian's snmp_exporter for one device, several times. It
// walks both tables of interfaces, as its module if_mib is written upstream.
func (b *bench) pollExporter(ctx context.Context, objects *snmptest.MIB) (result polled, err error) {
	logf("snmp: snmp_exporter")
	path, err := find("prometheus-snmp-exporter", "prometheus-snmp-exporter")
	if err != nil {
		return result, err
	}
	devices, err := startAgents(1, objects)
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, devices.close()) }()
	config, err := b.file("snmp.yml", exporterModule())
	if err != nil {
		return result, err
	}
	address, err := freePort(ctx)
	if err != nil {
		return result, err
	}
	p, err := b.start(ctx, "", path, "--config.file", config, "--web.listen-address", address)
	if err != nil {
		return result, err
	}
	defer p.stop()
	s := &server{process: p, url: "http://" + address, metrics: "http://" + address + "/snmp?module=if_mib&target=" + devices.addresses[0]}
	if err := s.ready(ctx, s.metrics); err != nil {
		return result, err
	}
	return s.pollRepeatedly(ctx, devices, b.sizes.polls)
}

func (s *server) pollRepeatedly(ctx context.Context, devices *agents, polls int) (polled, error) {
	result := polled{polls: float64(polls)}
	devices.requests() // those of the start
	before, err := s.cpu()
	if err != nil {
		return result, err
	}
	start := time.Now()
	for range polls {
		page, err := scrape(ctx, s.metrics)
		if err != nil {
			return result, err
		}
		result.series = page.series
	}
	elapsed := time.Since(start)
	after, err := s.cpu()
	if err != nil {
		return result, err
	}
	result.packets = float64(devices.requests()) / result.polls
	result.cpu = time.Duration(float64(after-before) / result.polls)
	result.share = float64(after-before) / float64(elapsed)
	result.memory, _, err = s.memory()
	return result, err
}

// rowNames are the columns that name a row: labels of snmp_exporter's series.
func rowNames() []string { return []string{"ifAlias", "ifDescr", "ifName"} }

// exporterModule writes snmp_exporter's module if_mib: it walks both tables and
// names each row by its index and its three names, which are no series of their
// own. Debian ships none.
func exporterModule() string {
	var text strings.Builder
	text.WriteString("if_mib:\n  version: 2\n  auth: {community: " + community + "}\n" +
		"  walk: [1.3.6.1.2.1.2, 1.3.6.1.2.1.31.1.1]\n  get: [1.3.6.1.2.1.1.3.0]\n  metrics:\n" +
		"  - {name: sysUpTime, oid: 1.3.6.1.2.1.1.3, type: gauge, help: sysUpTime}\n" +
		"  - {name: ifNumber, oid: 1.3.6.1.2.1.2.1, type: gauge, help: ifNumber}\n")
	var lookups strings.Builder
	for _, c := range columns() {
		if slices.Contains(rowNames(), c.name) {
			fmt.Fprintf(&lookups, "    - {labels: [ifIndex], labelname: %s, oid: %s, type: DisplayString}\n", c.name, c.oid()[1:])
		}
	}
	for _, c := range columns() {
		if slices.Contains(rowNames(), c.name) {
			continue
		}
		fmt.Fprintf(&text, "  - name: %s\n    oid: %s\n    type: %s\n    help: %s\n    indexes: [{labelname: ifIndex, type: gauge}]\n    lookups:\n%s",
			c.name, c.oid()[1:], exporterType(c), c.name, lookups.String())
	}
	return text.String()
}

// exporterType is what snmp_exporter calls the type of a column.
func exporterType(c column) string {
	switch {
	case c.name == "ifPhysAddress":
		return "PhysAddress48"
	case c.kind == gosnmp.Counter32 || c.kind == gosnmp.Counter64:
		return "counter"
	default:
		return "gauge"
	}
}
