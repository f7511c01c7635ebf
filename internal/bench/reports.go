package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"wanwatch/internal/lab/years"
)

// runReports measures reports on a year of 500 lines: out of wanwatch's own store, and
// out of a Prometheus that has the same blocks.
func runReports(ctx context.Context, b *bench) error {
	n := 2 * b.sizes.reportSites
	h, err := b.history(ctx, "year", &years.Plan{Sites: b.sizes.reportSites, States: true}, b.sizes.reportDays)
	if err != nil {
		return err
	}
	t := newReportTable(fmt.Sprintf("Reports: %d days of %s lines", b.sizes.reportDays, thousands(n)))
	both := func(history string, then func(kind string, m reported)) func(*server) error {
		return func(server *server) error {
			for _, kind := range []string{"capacity", "availability"} {
				m, err := b.makeReport(ctx, h, kind, server)
				if err != nil {
					return err
				}
				t.add(kind, history, m)
				then(kind, m)
			}
			return nil
		}
	}
	goal := func(kind string, m reported) {
		b.report.goal(fmt.Sprintf("reports: %s of a year of %s lines", kind, thousands(n)), "%.1f s", m.took.Seconds(), 10)
	}
	if err := b.onOwnStore(ctx, h, both("wanwatch's store", goal)); err != nil {
		return err
	}
	err = b.onPrometheus(ctx, h, both("Prometheus", func(string, reported) {}))
	if isMissing(err) {
		t.note("%v", err)
		err = nil
	}
	t.note("The history takes %s on disk and was written in %s. The server's memory is VmHWM after the report.", megabytes(h.size), h.written.Round(time.Second))
	b.report.tables = append(b.report.tables, t.table)
	return err
}

// runReportsNational measures the capacity report on 13 months of a country's lines.
func runReportsNational(ctx context.Context, b *bench) error {
	h, err := b.history(ctx, "country", &years.Plan{Sites: b.sizes.reportCountry}, b.sizes.reportCountryDays)
	if err != nil {
		return err
	}
	t := newReportTable(fmt.Sprintf("Reports: %d days of %s sites with two lines each", b.sizes.reportCountryDays, thousands(b.sizes.reportCountry)))
	if err := b.onOwnStore(ctx, h, func(server *server) error {
		m, err := b.makeReport(ctx, h, "capacity", server)
		if err == nil {
			t.add("capacity", "wanwatch's store", m)
		}
		return err
	}); err != nil {
		return err
	}
	t.note("The history, of throughput, loss and bandwidth, takes %s on disk and was written in %s.", megabytes(h.size), h.written.Round(time.Second))
	b.report.tables = append(b.report.tables, t.table)
	return nil
}

// reportTable is a table of reports.
type reportTable struct{ table }

func newReportTable(title string) *reportTable {
	return &reportTable{table{title: title, head: []string{"report", "history of", "time", "memory of the report", "queries", "the server's processor time", "and memory"}}}
}

func (t *reportTable) add(kind, server string, m reported) {
	t.table.add(kind, server, fmt.Sprintf("%.1f s", m.took.Seconds()), megabytes(m.memory), m.queries, fmt.Sprintf("%.1f s", m.server.Seconds()), megabytes(m.serverMemory))
}

// made is a history that was made up.
type made struct {
	plan            *years.Plan
	folder, network string // of the blocks; the inventory's file
	written         time.Duration
	size            int64 // bytes
}

// history writes some days of a plan, up to this hour.
func (b *bench) history(ctx context.Context, name string, p *years.Plan, days int) (*made, error) {
	p.Seed, p.To = 7, time.Now().UTC().Truncate(time.Hour)
	p.From = p.To.AddDate(0, 0, -days)
	network, err := b.file(name+".yaml", string(p.Inventory()))
	if err != nil {
		return nil, err
	}
	h := &made{plan: p, folder: filepath.Join(b.dir, name), network: network}
	logf("reports: writing %d days of %d lines", days, 2*p.Sites)
	began := time.Now()
	if err := p.Write(ctx, h.folder); err != nil {
		return nil, err
	}
	h.written = time.Since(began)
	err = filepath.WalkDir(h.folder, func(_ string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			h.size += info.Size()
		}
		return err
	})
	return h, err
}

// onOwnStore has wanwatch open a history for a while.
func (b *bench) onOwnStore(ctx context.Context, h *made, use func(*server) error) error {
	logf("reports: wanwatch's store")
	// Nobody is pinged: only history counts.
	empty, err := b.file("empty.yaml", "organization: Benchmark\n")
	if err != nil {
		return err
	}
	s, err := b.startWanwatchWith(ctx, empty, h.folder)
	if err != nil {
		return err
	}
	defer s.stop()
	return use(s)
}

// onPrometheus has a Prometheus open it.
func (b *bench) onPrometheus(ctx context.Context, h *made, use func(*server) error) error {
	path, err := find("prometheus", "prometheus")
	if err != nil {
		return err
	}
	logf("reports: Prometheus")
	config, err := b.file("reports-prometheus.yml", "")
	if err != nil {
		return err
	}
	address, err := freePort(ctx)
	if err != nil {
		return err
	}
	p, err := b.start(ctx, "", path, "--config.file="+config, "--storage.tsdb.path="+h.folder, "--storage.tsdb.retention.time=1000d", "--web.listen-address="+address)
	if err != nil {
		return err
	}
	defer p.stop()
	s := &server{process: p, url: "http://" + address}
	if err := s.ready(ctx, s.url+"/-/ready"); err != nil {
		return err
	}
	return use(s)
}

// reported is what a report cost.
type reported struct {
	took, server         time.Duration
	memory, serverMemory int64 // bytes
	queries              string
}

// makeReport makes a report on all days of a history: a PDF, a spreadsheet, and a file
// that tells the number of queries.
func (b *bench) makeReport(ctx context.Context, h *made, kind string, s *server) (m reported, err error) {
	before, err := s.cpu()
	if err != nil {
		return m, err
	}
	file := filepath.Join(b.dir, kind)
	zone := time.FixedZone("", 7*60*60)
	period := h.plan.From.In(zone).AddDate(0, 0, 1).Format(time.DateOnly) + "/" + h.plan.To.In(zone).Format(time.DateOnly)
	began := time.Now()
	p, err := b.start(ctx, filepath.Join(b.dir, "report.log"), b.wanwatch, "report", kind, h.network, "--prometheus.url", s.url, "--period", period, "--report.language", "en",
		"-o", file+".pdf", "-o", file+".xlsx", "-o", file+".json")
	if err != nil {
		return m, err
	}
	select {
	case <-p.exited:
		m.took = time.Since(began)
	case <-ctx.Done():
		p.stop()
		return m, ctx.Err()
	}
	if p.err != nil {
		return m, p.ended()
	}
	m.memory = peakOf(p.cmd.ProcessState)
	after, err := s.cpu()
	if err != nil {
		return m, err
	}
	m.server = after - before
	if _, m.serverMemory, err = s.memory(); err != nil {
		return m, err
	}
	m.queries, err = queriesOf(file + ".json")
	return m, err
}

// queriesOf reads the number of queries out of a report in English.
func queriesOf(path string) (string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	var d struct{ Sources map[string]string }
	if err := json.Unmarshal(data, &d); err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	return d.Sources["Queries made"], nil
}
