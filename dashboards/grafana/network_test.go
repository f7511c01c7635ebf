package grafana

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"

	"wanwatch/exporter"
	"wanwatch/inventory"
	"wanwatch/probes/kinds"
	"wanwatch/probes/metric"
	"wanwatch/probes/schedule"
)

// network is a small city: what its exporter exposes is that of the real exporter,
// the values are made up by a world.
const network = `
organization: Thành ủy Sông Mây
timezone: Asia/Ho_Chi_Minh
providers: {vnpt: {name: VNPT}, viettel: {name: Viettel}}
credentials: {core: {snmp: {version: 2c, community: {env: NONE}}}}
sites:
  thanh-uy: {name: Văn phòng Thành ủy}
  hai-chau: {name: Đảng ủy phường Hải Châu}
  son-tra: {name: Đảng ủy phường Sơn Trà}
  hoa-vang: {name: Đảng ủy xã Hòa Vang}
x-sla: &sla {availability: 99.9%, rtt: 20ms, jitter: 10ms, loss: 0.5%, repair: 4h}
devices:
  rt-thanh-uy: {site: thanh-uy, name: Bộ định tuyến trung tâm, address: 192.0.2.1, credential: core, purchased: 2023-04, end_of_support: 2030-04}
  rt-hai-chau: {site: hai-chau, name: Bộ định tuyến Hải Châu, address: 192.0.2.65, credential: core, purchased: 2019-06, end_of_support: 2027-01}
  rt-son-tra: {site: son-tra, name: Bộ định tuyến Sơn Trà, address: 192.0.2.129, credential: core, purchased: 2018-03, end_of_support: 2026-12}
  rt-hoa-vang: {site: hoa-vang, name: Bộ định tuyến Hòa Vang, address: 192.0.2.193, credential: core}
links:
  hai-chau-vnpt: {name: Hải Châu – VNPT, from: thanh-uy, to: hai-chau, provider: vnpt, ping: 192.0.2.66, interface: rt-hai-chau/wan0, bandwidth: 50Mbps, contract: {number: "12", ends: 2027-03-31, monthly_cost: {amount: 4500000, currency: VND}, lead_time: 45d, sla: *sla}}
  hai-chau-viettel: {name: Hải Châu – Viettel (dự phòng), from: thanh-uy, to: hai-chau, provider: viettel, role: backup, ping: 192.0.2.67, interface: rt-hai-chau/wan1, bandwidth: {down: 20Mbps, up: 10Mbps}, contract: {number: "07", ends: 2026-12-31, monthly_cost: {amount: 1800000, currency: VND}, lead_time: 45d, sla: *sla}}
  son-tra-vnpt: {name: Sơn Trà – VNPT, from: thanh-uy, to: son-tra, provider: vnpt, ping: 192.0.2.130, interface: rt-son-tra/wan0, bandwidth: 30Mbps, contract: {number: "31", ends: 2027-12-31, monthly_cost: {amount: 3000000, currency: VND}, lead_time: 60d, sla: *sla}}
  hoa-vang-viettel: {name: Hòa Vang – Viettel, from: thanh-uy, to: hoa-vang, provider: viettel, ping: 192.0.2.194, interface: rt-hoa-vang/wan0, bandwidth: 10Mbps, contract: {number: "09", ends: 2028-05-31, monthly_cost: {amount: 1500000, currency: VND}, sla: *sla}}
uplinks:
  thanh-uy-internet: {name: Internet Thành ủy, site: thanh-uy, provider: viettel, ping: 198.51.100.1, interface: rt-thanh-uy/gi1, bandwidth: 200Mbps, contract: {number: "90", ends: 2027-06-30, monthly_cost: {amount: 6000000, currency: VND}, sla: {availability: 99.5%}}}
endpoints:
  mcu: {site: thanh-uy, name: MCU trung tâm, type: mcu, address: 192.0.2.10, call_bandwidth: 6Mbps, probes: {ping: {}, call: {kind: tcp, port: 1720}}}
  hop: {site: thanh-uy, name: Máy chủ họp trực tuyến, type: server, address: 192.0.2.12, probes: {ping: {}, web: {kind: tcp, port: 443, tls: true}}}
  phong-hop-hai-chau: {site: hai-chau, name: Phòng họp Hải Châu, type: room, address: 192.0.2.80, call_bandwidth: 4Mbps, probes: {ping: {}, call: {kind: tcp, port: 1720}}}
  phong-hop-son-tra: {site: son-tra, name: Phòng họp Sơn Trà, type: room, address: 192.0.2.140, call_bandwidth: 4Mbps, probes: {ping: {}, call: {kind: tcp, port: 1720}}}
  phong-hop-hoa-vang: {site: hoa-vang, name: Phòng họp Hòa Vang, type: room, address: 192.0.2.200, call_bandwidth: 2Mbps, probes: {ping: {}, call: {kind: tcp, port: 1720}}}
`

// world says what happens in the network.
type world struct {
	name string
	// begins is how long before the end the program started for the first time;
	// restarted is how long before the end it did so again, if it did.
	begins, restarted time.Duration
	// state is that of a target at a moment that lies so long before the end.
	state func(target string, ago time.Duration) exporter.State
}

// member is one series of the network, with what it takes to make its values.
type member struct {
	set               labels.Labels
	name              string
	target, direction string
	label             map[string]string
	desc              *metric.Desc
	sum               float64 // of a counter
	ref               storage.SeriesRef
}

// members are all series that the program exposes of the network.
func members(t *testing.T) []*member {
	t.Helper()
	inv, err := inventory.Parse([]inventory.File{{Name: "network.yaml", Data: []byte(network)}}, kinds.Inventory())
	if err != nil {
		t.Fatal(err)
	}
	jobs, err := schedule.Plan(inv, "")
	if err != nil {
		t.Fatal(err)
	}
	e := exporter.New(exporter.Options{})
	e.Apply(inv, "", kinds.All(), jobs)
	m := &collector{seen: map[string]bool{}, descs: map[string]*metric.Desc{}}
	for _, d := range metric.All() {
		m.descs[d.Name] = d
		if d.Type == metric.Histogram {
			m.descs[d.Name+"_bucket"], m.descs[d.Name+"_sum"], m.descs[d.Name+"_count"] = d, d, d
		}
	}
	e.Feed(func(r exporter.Row) {
		shared := r.Shared()
		r.Series(func(name string, own []exporter.Label) {
			if d := m.descs[name]; d.Type == metric.Histogram && d.Name == name {
				return // the native twin
			}
			if strings.HasPrefix(name, "wanwatch_quality_") {
				return // it has a place, but no value before there are answers
			}
			m.add(name, append(slices.Clip(shared), own...)...)
		})
	})
	m.answers(inv)
	m.program()
	return m.list
}

type collector struct {
	list  []*member
	seen  map[string]bool
	descs map[string]*metric.Desc
}

func (c *collector) add(name string, pairs ...exporter.Label) {
	of := map[string]string{model.MetricNameLabel: name}
	for _, p := range pairs {
		of[p.Name] = p.Value
	}
	m := &member{set: labels.FromMap(of), name: name, target: of["target"], direction: of["direction"], label: of, desc: c.descs[name]}
	if !c.seen[m.set.String()] {
		c.seen[m.set.String()] = true
		c.list = append(c.list, m)
	}
}

// answers are the series that come with the first answer: of devices to SNMP, of
// others to pings and connections.
func (c *collector) answers(inv *inventory.Inventory) {
	for _, target := range inv.Targets() {
		of := []exporter.Label{{Name: "target", Value: target.ID}, {Name: "kind", Value: string(target.Kind)}, {Name: "site", Value: target.Site}}
		for _, p := range target.Probes {
			own := append(slices.Clip(of), exporter.Label{Name: "probe", Value: p.Name}, exporter.Label{Name: "address", Value: "192.0.2.1"})
			if p.Kind == "ping" {
				c.add("wanwatch_ping_jitter_seconds", own...)
				c.add("wanwatch_quality_verdict", append(own, exporter.Label{Name: "class", Value: "video-720p"})...)
			}
			if p.Name == "web" {
				c.add("wanwatch_registered", own...)
				c.add("wanwatch_tls_certificate_expiry_timestamp_seconds", own...)
			}
		}
		var at *inventory.InterfaceRef
		switch {
		case target.Link != nil:
			at = target.Link.Interface
		case target.Uplink != nil:
			at = target.Uplink.Interface
		}
		if at == nil {
			continue
		}
		for _, d := range metric.All() {
			if len(d.Labels) == 2 && d.Labels[0] == "device" {
				c.add(d.Name, append(slices.Clip(of), exporter.Label{Name: "device", Value: at.Device}, exporter.Label{Name: "interface", Value: at.Selector})...)
			}
		}
	}
}

// program are the metrics of the program itself.
func (c *collector) program() {
	for _, d := range metric.All() {
		if d.Scope != metric.Process {
			continue
		}
		var own []exporter.Label
		for _, name := range d.Labels {
			own = append(own, exporter.Label{Name: name, Value: map[string]string{
				"kind": "link", "probe_kind": "ping", "family": "ipv4", "group": "wanwatch-record", "version": "1.2.3", "goversion": "go1.26",
			}[name]})
		}
		if d.Type != metric.Histogram {
			c.add(d.Name, own...)
			continue
		}
		for _, edge := range d.Buckets {
			c.add(d.Name+"_bucket", append(slices.Clip(own), exporter.Label{Name: "le", Value: strconv.FormatFloat(edge, 'g', -1, 64)})...)
		}
		c.add(d.Name+"_bucket", append(slices.Clip(own), exporter.Label{Name: "le", Value: "+Inf"})...)
		c.add(d.Name+"_count", own...)
		c.add(d.Name+"_sum", own...)
	}
	for _, name := range []string{"process_cpu_seconds_total", "process_resident_memory_bytes", "go_goroutines"} {
		c.add(name)
		c.list[len(c.list)-1].desc = &metric.Desc{Name: name, Type: map[bool]metric.Type{true: metric.Counter, false: metric.Gauge}[strings.HasSuffix(name, "_total")]}
	}
}

// next is the value of a series at a moment, dt after the last one.
func (m *member) next(w *world, at, end time.Time, dt time.Duration) float64 {
	ago := end.Sub(at)
	state := exporter.Up
	if m.target != "" {
		state = w.state(m.target, ago)
	}
	counter := m.desc.Type != metric.Gauge
	if !counter {
		return m.gauge(state, at, end)
	}
	if w.restarted > 0 && ago <= w.restarted && ago+dt > w.restarted {
		m.sum = 0
	}
	m.sum += m.rate(state, at) * dt.Seconds()
	return m.sum
}

// rtt is the round-trip time of a target that answers, in seconds.
func rtt(target string, at time.Time) float64 {
	base := 0.004 + 0.012*fraction(target)
	return base * (1 + 0.6*busy(at))
}

// lossOf is the share of packets lost.
func lossOf(state exporter.State) float64 {
	switch state {
	case exporter.Down:
		return 1
	case exporter.Degraded:
		return 0.04
	default:
		return 0
	}
}

// busy is how busy the offices are, from 0 to 1: in the mornings of working days.
func busy(at time.Time) float64 {
	local := at.UTC().Add(7 * time.Hour)
	hour := float64(local.Hour()) + float64(local.Minute())/60
	if d := local.Weekday(); d == time.Saturday || d == time.Sunday {
		return 0.05
	}
	return 0.05 + 0.95*math.Exp(-(hour-10)*(hour-10)/12)
}

// use is the share of a line that is filled at a moment. One line grows.
func use(target, direction string, at time.Time) float64 {
	full := 0.25 + 0.5*fraction(target)
	if strings.HasPrefix(target, "son-tra") {
		full = 0.55 + 0.35*float64(at.Unix()-1_793_000_000)/(60*86400)
	}
	if direction == "up" {
		full *= 0.4
	}
	return math.Max(0, full*busy(at))
}

// fraction makes a number from 0 to 1 of a name, always the same.
func fraction(name string) float64 {
	h := uint32(2166136261)
	for i := range len(name) {
		h = (h ^ uint32(name[i])) * 16777619
	}
	return float64(h%1000) / 1000
}

func bandwidthOf(target, direction string) float64 {
	mega := map[string]float64{"hai-chau-vnpt": 50, "hai-chau-viettel": 20, "son-tra-vnpt": 30, "hoa-vang-viettel": 10, "thanh-uy-internet": 200}[target]
	if target == "hai-chau-viettel" && direction == "up" {
		mega = 10
	}
	return mega * 1e6 / 8
}

// rate is how fast a counter grows.
func (m *member) rate(state exporter.State, at time.Time) float64 {
	loss := lossOf(state)
	answered := 1 - loss
	if state == exporter.Unknown {
		loss, answered = 0, 0
	}
	switch name := m.name; {
	case name == "wanwatch_target_seconds_total":
		return map[bool]float64{true: 1}[m.label["state"] == state.String()]
	case name == "wanwatch_ping_sent_total":
		return loss + answered
	case name == "wanwatch_ping_received_total":
		return answered
	case name == "wanwatch_ping_lost_total":
		return loss
	case strings.HasPrefix(name, "wanwatch_ping_rtt_seconds"):
		return answered * m.histogram(rtt(m.target, at))
	case name == "wanwatch_probe_attempts_total":
		return 1. / 15
	case name == "wanwatch_probe_failures_total":
		return map[bool]float64{true: loss / 15}[m.label["reason"] == "timeout"]
	case name == "wanwatch_interface_receive_bytes_total":
		return answered * bandwidthOf(m.target, "down") * use(m.target, "down", at)
	case name == "wanwatch_interface_transmit_bytes_total":
		return answered * bandwidthOf(m.target, "up") * use(m.target, "up", at)
	case strings.HasSuffix(name, "_errors_total"), strings.HasPrefix(name, "wanwatch_interface"), strings.HasSuffix(name, "_drops_total"),
		strings.HasSuffix(name, "_skipped_total"), strings.HasSuffix(name, "_failures_total"), strings.HasSuffix(name, "_reboots_total"),
		name == "wanwatch_ping_stalled_seconds_total":
		return 0
	case name == "wanwatch_store_samples_total":
		return 180
	case name == "process_cpu_seconds_total":
		return 0.03
	case m.desc.Type == metric.Histogram && m.target == "":
		return 20 * m.histogram(0.0004)
	default:
		return 0
	}
}

// histogram is the share of values that are in a bucket, count or sum, if they lie
// around a value.
func (m *member) histogram(around float64) float64 {
	switch {
	case strings.HasSuffix(m.name, "_sum"):
		return around
	case strings.HasSuffix(m.name, "_count"), m.label["le"] == "+Inf":
		return 1
	default:
		edge, _ := strconv.ParseFloat(m.label["le"], 64)
		return 1 / (1 + math.Pow(around/edge, 6))
	}
}

func (m *member) gauge(state exporter.State, at, end time.Time) float64 {
	works := map[bool]float64{true: 1}[state == exporter.Up || state == exporter.Degraded || state == exporter.Maintenance]
	switch m.name {
	case "wanwatch_target_state":
		return map[exporter.State]float64{exporter.Unknown: 0, exporter.Up: 1, exporter.Degraded: 2, exporter.Down: 3, exporter.Maintenance: 4}[state]
	case "wanwatch_target_up", "wanwatch_probe_success", "wanwatch_interface_up", "wanwatch_interface_admin_up":
		return works
	case "wanwatch_target_maintenance":
		return map[bool]float64{true: 1}[state == exporter.Maintenance]
	case "wanwatch_ping_jitter_seconds":
		return rtt(m.target, at) / 8
	case "wanwatch_quality_verdict":
		return 2 - 2*works
	case "wanwatch_registered":
		return works
	case "wanwatch_link_bandwidth_bytes_per_second":
		return bandwidthOf(m.target, m.direction)
	case "wanwatch_contract_monthly_cost":
		return bandwidthOf(m.target, "down") * 8 * 0.09
	case "wanwatch_contract_end_timestamp_seconds", "wanwatch_device_end_of_support_timestamp_seconds":
		return float64(end.Unix()) + 86400*(40+900*fraction(m.target))
	case "wanwatch_device_purchased_timestamp_seconds":
		return float64(end.Unix()) - 86400*(900+900*fraction(m.target))
	case "wanwatch_tls_certificate_expiry_timestamp_seconds":
		return float64(end.Unix()) + 86400*45
	case "wanwatch_contract_lead_time_seconds":
		return 45 * 86400
	case "wanwatch_contract_sla_availability_ratio":
		return map[bool]float64{true: 0.995, false: 0.999}[m.target == "thanh-uy-internet"]
	case "wanwatch_contract_sla_loss_ratio":
		return 0.005
	case "wanwatch_contract_sla_rtt_seconds", "wanwatch_contract_sla_jitter_seconds":
		return 0.02
	case "wanwatch_endpoint_call_bandwidth_bytes_per_second":
		return 4e6 / 8
	case "wanwatch_target_meeting_active":
		local := at.UTC().Add(7 * time.Hour)
		return map[bool]float64{true: 1}[local.Hour() == 8 || local.Hour() == 9]
	case "wanwatch_target_meeting_next_timestamp_seconds":
		return float64(end.Unix()) + 86400
	case "wanwatch_store_last_append_timestamp_seconds", "wanwatch_config_last_reload_success_timestamp_seconds":
		return float64(at.Unix()) - 7
	case "wanwatch_store_series":
		return 2700
	case "wanwatch_store_size_bytes":
		return 4e8
	case "wanwatch_store_free_bytes":
		return 5e10
	case "wanwatch_rule_group_last_duration_seconds":
		return 0.004
	case "wanwatch_targets":
		return 14
	case "wanwatch_jobs":
		return 14
	case "process_resident_memory_bytes":
		return 9e7
	case "go_goroutines":
		return 60
	default:
		return 1
	}
}
