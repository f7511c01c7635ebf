package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	dto "github.com/prometheus/client_model/go"
)

// runInventory measures a large inventory: how long it takes to load and check,
// and whether a reload while everything is being probed disturbs the probes.
func runInventory(ctx context.Context, b *bench) error {
	t := table{title: fmt.Sprintf("An inventory of %s targets", thousands(b.sizes.inventory)), head: []string{"what", "measured"}}
	if err := b.measureLoad(ctx, &t); err != nil {
		return err
	}
	if err := b.measureReload(ctx, &t); err != nil {
		return err
	}
	b.report.tables = append(b.report.tables, t)
	return nil
}

// countryInventory writes an inventory as a whole country would have it: for
// each site a router, a main and a backup link with their contracts, an uplink
// and a conference room.
func (b *bench) countryInventory(targets int) (string, error) {
	var text strings.Builder
	text.WriteString(`organization: Benchmark
timezone: Asia/Ho_Chi_Minh
providers:
  one: {name: Nhà mạng một, hotline: "18001000"}
  two: {name: Nhà mạng hai, hotline: "18002000"}
credentials:
  core: {snmp: {version: 2c, community: {env: BENCH_COMMUNITY}}}
sites:
  centre: {name: Trung tâm}
`)
	sites := targets / 5
	addresses := loopbackAddresses(targets)
	for i := range sites {
		fmt.Fprintf(&text, "  xa-%04d: {name: Đảng ủy xã số %d, region: Tỉnh %d}\n", i, i, i%34)
	}
	text.WriteString("devices:\n")
	for i := range sites {
		fmt.Fprintf(&text, "  rt-%04d: {site: xa-%04d, address: %s, credential: core, role: router, purchased: 2021-06, end_of_support: 2028-01}\n", i, i, addresses[5*i])
	}
	text.WriteString("links:\n")
	for i := range sites {
		for j, role := range []string{"main", "backup"} {
			fmt.Fprintf(&text, `  xa-%04d-%s:
    from: centre
    to: xa-%04d
    provider: %s
    role: %s
    ping: %s
    interface: rt-%04d/GigabitEthernet0/%d
    bandwidth: 50Mbps
    contract: {number: "%d/HĐ", starts: 2026-01-01, ends: 2027-12-31, monthly_cost: {amount: 4500000, currency: VND}, sla: {availability: 99.9%%, rtt: 20ms, loss: 0.5%%}}
`, i, role, i, [2]string{"one", "two"}[j], role, addresses[5*i+1+j], i, j, 2*i+j)
		}
	}
	text.WriteString("uplinks:\n")
	for i := range sites {
		fmt.Fprintf(&text, "  xa-%04d-internet: {site: xa-%04d, provider: two, ping: [%s], bandwidth: {down: 100Mbps, up: 50Mbps}}\n", i, i, addresses[5*i+3])
	}
	text.WriteString("endpoints:\n")
	for i := range sites {
		fmt.Fprintf(&text, "  phong-hop-%04d: {site: xa-%04d, name: Phòng họp trực tuyến số %d, type: room, address: %s, call_bandwidth: 4Mbps}\n", i, i, i, addresses[5*i+4])
	}
	return b.file("country.yaml", text.String())
}

// measureLoad times `wanwatch validate`, from its start to its end.
func (b *bench) measureLoad(ctx context.Context, t *table) error {
	logf("inventory: wanwatch validate")
	path, err := b.countryInventory(b.sizes.inventory)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	var took, cpu []time.Duration
	for range 5 {
		cmd := exec.CommandContext(ctx, b.wanwatch, "validate", path)
		start := time.Now()
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("wanwatch validate: %w: %s", err, firstLine(out))
		}
		took = append(took, time.Since(start))
		cpu = append(cpu, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
	}
	slices.Sort(took)
	slices.Sort(cpu)
	t.add("size of the file", megabytes(info.Size()))
	t.add("`wanwatch validate`, slowest of five, with the start of the program", millis(took[len(took)-1]))
	t.add("its CPU, slowest of five", millis(cpu[len(cpu)-1]))
	b.report.goal(thousands(b.sizes.inventory)+" targets: loaded and checked", "%.2f s", took[len(took)-1].Seconds(), 1)
	return nil
}

// measureReload reloads while every target is pinged once a second, and counts
// the targets that were pinged less often than the clock says.
func (b *bench) measureReload(ctx context.Context, t *table) error {
	logf("inventory: reload under load")
	n := b.sizes.inventory
	path, err := b.pingInventory(n, time.Second)
	if err != nil {
		return err
	}
	s, err := b.startWanwatch(ctx, path)
	if err != nil {
		return err
	}
	defer s.stop()
	if err := s.wait(ctx, b.sizes.warmup); err != nil {
		return err
	}
	quiet, err := countMissed(ctx, s, b.sizes.window, func(context.Context) error { return nil })
	if err != nil {
		return err
	}
	var slowest time.Duration
	reloads := 0
	busy, err := countMissed(ctx, s, b.sizes.window, func(ctx context.Context) error {
		for range b.sizes.reloads {
			took, err := reload(ctx, s, path, reloads)
			if err != nil {
				return err
			}
			slowest = max(slowest, took)
			reloads++
			if err := s.wait(ctx, time.Second/2); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	t.add(fmt.Sprintf("slowest of %d reloads, each with a target more, all pinged at 1/s", reloads), millis(slowest))
	t.add(fmt.Sprintf("targets that missed a ping in %d s with these reloads", busy.seconds), thousands(busy.missed))
	t.add(fmt.Sprintf("the same in %d s without a reload", quiet.seconds), thousands(quiet.missed))
	t.add("pings lost in both", thousands(busy.lost+quiet.lost))
	b.report.goal(thousands(n)+" targets: reloaded", "%.2f s", slowest.Seconds(), 2)
	b.report.goal(thousands(n)+" targets: missed a ping while reloading", "%.0f", float64(busy.missed), 0)
	return nil
}

// missed counts targets that were pinged less than once a second.
type missed struct {
	seconds, missed int
	lost            float64
}

// countMissed does something and sees how often each target is pinged within a
// little more than a whole number of seconds: each must be pinged at least that
// often. The targets are read at the same pace both times.
func countMissed(ctx context.Context, s *server, window time.Duration, do func(context.Context) error) (missed, error) {
	start := time.Now()
	before, lostBefore, err := sentByTarget(ctx, s.metrics)
	if err != nil {
		return missed{}, err
	}
	if err := do(ctx); err != nil {
		return missed{}, err
	}
	whole := max(window, time.Since(start)).Truncate(time.Second) + time.Second
	const margin = 100 * time.Millisecond
	if err := s.wait(ctx, time.Until(start.Add(whole+margin))); err != nil {
		return missed{}, err
	}
	after, lostAfter, err := sentByTarget(ctx, s.metrics)
	if err != nil {
		return missed{}, err
	}
	m := missed{seconds: int(whole / time.Second), lost: lostAfter - lostBefore}
	for target, count := range before {
		if after[target]-count < whole.Seconds() {
			m.missed++
		}
	}
	return m, nil
}

// sentByTarget reads how many pings of each target have ended, and how many of
// all of them were lost.
func sentByTarget(ctx context.Context, metrics string) (sent map[string]float64, lost float64, err error) {
	sent = map[string]float64{}
	err = families(ctx, metrics, readers{
		"wanwatch_ping_lost_total": func(family *dto.MetricFamily) { lost = sum(family) },
		"wanwatch_ping_sent_total": func(family *dto.MetricFamily) {
			for _, m := range family.GetMetric() {
				for _, label := range m.GetLabel() {
					if label.GetName() == "target" {
						sent[label.GetValue()] = m.GetCounter().GetValue()
					}
				}
			}
		},
	})
	return sent, lost, err
}

// reload adds a target to the inventory and asks for a reload.
func reload(ctx context.Context, s *server, path string, number int) (time.Duration, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	data = fmt.Appendf(data, "  added-%d: {site: loopback, address: 127.250.0.%d, probes: {ping: {}}}\n", number, number+1)
	// Replaced in one step, as an editor or a deployment would.
	if err := os.WriteFile(path+".new", data, 0o600); err != nil {
		return 0, err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return 0, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/-/reload", http.NoBody)
	if err != nil {
		return 0, err
	}
	start := time.Now()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	took := time.Since(start)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("reload answered %s: %s", response.Status, firstLine(body))
	}
	return took, err
}

func firstLine(out []byte) string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	return line
}
