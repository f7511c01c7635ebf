package exporter

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/metric"
)

// The labels of the targets of the small inventory.
const (
	theLink   = `target="hai-chau-vnpt",kind="link",site="hai-chau"`
	thePing   = theLink + `,probe="ping",address="10.20.1.1"`
	theRoom   = `target="phong-hop",kind="endpoint",site="hai-chau"`
	theDevice = `target="rt-hai-chau",kind="device",site="hai-chau"`
	theUplink = `target="thanh-uy-internet",kind="uplink",site="thanh-uy"`
)

// TestSeriesExistFromTheStart: before any result, everything that counts is
// there at 0, so that the first failure already is an increase.
func TestSeriesExistFromTheStart(t *testing.T) {
	b := newBench(t, small)
	b.want(map[string]string{
		"wanwatch_target_up{" + theLink + "}": "0",
		"wanwatch_target_info{" + theLink + `,name="Kênh \\ VNPT",site_name="Đảng ủy phường \"Hải Châu\"",provider="vnpt",role="main",expect="reachable"}`: "1",
		"wanwatch_target_seconds_total{" + theLink + `,state="up"}`:                                               "0",
		"wanwatch_target_seconds_total{" + theLink + `,state="degraded"}`:                                         "0",
		"wanwatch_target_seconds_total{" + theLink + `,state="down"}`:                                             "0",
		"wanwatch_target_seconds_total{" + theLink + `,state="unknown"}`:                                          "0",
		"wanwatch_target_seconds_total{" + theLink + `,state="maintenance"}`:                                      "0",
		"wanwatch_target_maintenance{" + theLink + "}":                                                            "0",
		"wanwatch_probe_success{" + thePing + "}":                                                                 "0",
		"wanwatch_probe_attempts_total{" + thePing + "}":                                                          "0",
		"wanwatch_probe_duration_seconds{" + thePing + "}":                                                        "",
		"wanwatch_probe_failures_total{" + thePing + `,reason="timeout"}`:                                         "0",
		"wanwatch_probe_failures_total{" + thePing + `,reason="internal"}`:                                        "0",
		"wanwatch_probe_failures_total{" + thePing + `,reason="stalled"}`:                                         "0",
		"wanwatch_ping_sent_total{" + thePing + "}":                                                               "0",
		"wanwatch_ping_unreachable_total{" + thePing + `,code="ttl"}`:                                             "0",
		"wanwatch_ping_rtt_seconds_bucket{" + thePing + `,le="+Inf"}`:                                             "0",
		"wanwatch_ping_rtt_seconds_count{" + thePing + "}":                                                        "0",
		"wanwatch_ping_jitter_seconds{" + thePing + "}":                                                           "",
		"wanwatch_probe_success{" + theLink + `,probe="snmp",address="10.20.1.1"}`:                                "0",
		"wanwatch_interface_receive_bytes_total{" + theLink + `,device="rt-hai-chau",interface="Gi0/0"}`:          "0",
		"wanwatch_probe_attempts_total{" + theUplink + `,probe="ping",address="203.0.113.10"}`:                    "0",
		"wanwatch_targets{kind=\"link\"}":                                                                         "1",
		"wanwatch_targets{kind=\"uplink\"}":                                                                       "1",
		"wanwatch_targets{kind=\"endpoint\"}":                                                                     "1",
		"wanwatch_targets{kind=\"device\"}":                                                                       "1",
		"wanwatch_jobs{probe_kind=\"ping\"}":                                                                      "5",
		"wanwatch_jobs{probe_kind=\"snmp\"}":                                                                      "1",
		"wanwatch_agent_info{agent=\"\",site=\"\"}":                                                               "1",
		"wanwatch_config_last_reload_successful":                                                                  "1",
		"wanwatch_ping_send_errors_total":                                                                         "0",
		"wanwatch_ping_send_lag_seconds_count":                                                                    "0",
		"wanwatch_config_last_reload_success_timestamp_seconds":                                                   fmt.Sprint(float64(start.Unix())),
		"wanwatch_build_info{goversion=\"" + strings.TrimSpace(goVersion()) + `",revision="abc",version="1.2.3"}`: "1",
	})
}

func TestReloadKeepsWhatStays(t *testing.T) {
	b := newBench(t, small)
	j := b.job("hai-chau-vnpt", "ping", "")
	gone := b.job("thanh-uy-internet", "ping", "203.0.113.10")
	for range 5 {
		b.clock.advance(time.Second)
		b.answered(j, time.Millisecond)
		b.lost(gone)
	}
	before := b.e.set.Load().of[keyOf(j.Target)]
	next := strings.Replace(small, "[203.0.113.9, 203.0.113.10]", "[203.0.113.9]", 1)
	next = strings.Replace(next, `name: 'Kênh \ VNPT'`, "name: Kênh mới", 1)
	b.apply(next)
	if after := b.e.set.Load().of[keyOf(j.Target)]; after != before || after.feeds[0] != before.feeds[0] {
		t.Error("a target that stayed is another one after the reload")
	}
	b.clock.advance(time.Second)
	// The prober that the reload kept goes on with its old job.
	b.answered(j, time.Millisecond)
	b.lost(gone) // raced with the reload
	b.want(map[string]string{
		"wanwatch_ping_sent_total{" + thePing + "}":                                       "6",
		"wanwatch_ping_rtt_seconds_count{" + thePing + "}":                                "6",
		"wanwatch_target_seconds_total{" + theLink + `,state="up"}`:                       "5",
		"wanwatch_target_seconds_total{" + theLink + `,state="unknown"}`:                  "1",
		"wanwatch_ping_sent_total{" + theUplink + `,probe="ping",address="203.0.113.10"}`: "",
		"wanwatch_ping_sent_total{" + theUplink + `,probe="ping",address="203.0.113.9"}`:  "0",
		"wanwatch_target_info{" + theLink + `,name="Kênh mới",site_name="Đảng ủy phường \"Hải Châu\"",provider="vnpt",role="main",expect="reachable"}`:     "1",
		"wanwatch_target_info{" + theLink + `,name="Kênh \\ VNPT",site_name="Đảng ủy phường \"Hải Châu\"",provider="vnpt",role="main",expect="reachable"}`: "",
	})
	if b.samples()["wanwatch_jobs{probe_kind=\"ping\"}"] != "4" {
		t.Error("the removed probe is still counted")
	}
}

func TestReloadRemovesTargets(t *testing.T) {
	b := newBench(t, small)
	without := small[:strings.Index(small, "endpoints:")]
	b.apply(without)
	for series := range b.samples() {
		if strings.Contains(series, "phong-hop") {
			t.Errorf("%s is still there", series)
		}
	}
	b.want(map[string]string{`wanwatch_targets{kind="endpoint"}`: "0"})
	b.apply(small)
	b.want(map[string]string{"wanwatch_target_seconds_total{" + theRoom + `,state="unknown"}`: "0"})
}

func TestReloadFailedChangesOnlyOneMetric(t *testing.T) {
	b := played(t)
	before := b.scrape(acceptText, b.own()...)
	b.e.ReloadFailed()
	if after := b.scrape(acceptText, b.own()...); after != before {
		t.Errorf("a failed reload changed the targets' metrics: %s", firstDifference(before, after))
	}
	b.want(map[string]string{
		"wanwatch_config_last_reload_successful":                "0",
		"wanwatch_config_last_reload_success_timestamp_seconds": fmt.Sprint(float64(start.Unix())),
	})
	b.apply(small)
	b.want(map[string]string{"wanwatch_config_last_reload_successful": "1"})
}

// TestReloadChangesRules: what the prober does not work with, such as the
// number of results that confirm, still takes effect.
func TestReloadChangesRules(t *testing.T) {
	b := newBench(t, small)
	b.answered(b.job("phong-hop", "ping", ""), time.Millisecond)
	b.apply(strings.Replace(small, "probes: {ping: {}}", "probes: {ping: {confirm: 1}}", 1))
	b.lost(b.job("phong-hop", "ping", ""))
	b.want(map[string]string{"wanwatch_target_up{" + theRoom + "}": "0"})
}

// unpolled is the small inventory with a device that is not polled any more.
func unpolled() string {
	return strings.NewReplacer(", credential: core", "", "    interface: rt-hai-chau/Gi0/0\n", "").Replace(small)
}

// TestSubjects: the poll of a device tells about the link that its interface
// carries.
func TestSubjects(t *testing.T) {
	b := newBench(t, small)
	j := b.job("rt-hai-chau", "snmp", "")
	link := b.target("hai-chau-vnpt")
	bytes := "wanwatch_interface_receive_bytes_total{" + theLink + `,device="rt-hai-chau",interface="Gi0/0"}`
	poll := func() {
		b.e.Record(&probes.Result{Job: j, Target: link, Duration: time.Millisecond, Samples: []probes.Sample{
			{Metric: metric.InterfaceReceiveBytes, Value: 100, Labels: []string{"rt-hai-chau", "Gi0/0"}},
			{Metric: metric.InterfaceSpeed, Value: 1e9, Labels: []string{"rt-hai-chau", "Gi0/0"}},
		}})
	}
	poll()
	poll()
	b.want(map[string]string{
		bytes: "200",
		"wanwatch_probe_attempts_total{" + theLink + `,probe="snmp",address="10.20.1.1"}`: "2",
		"wanwatch_target_up{" + theLink + "}":                                             "0", // its pings have not told yet
		"wanwatch_target_up{" + theDevice + "}":                                           "0",
	})
	// The line is cut far away: the port stays up, and the link is down.
	ping := b.job("hai-chau-vnpt", "ping", "")
	b.answered(ping, time.Millisecond)
	b.want(map[string]string{"wanwatch_target_up{" + theLink + "}": "1"})
	for range 3 {
		b.lost(ping)
	}
	b.want(map[string]string{"wanwatch_target_up{" + theLink + "}": "0"})
	// Another interface of the device: the link's own keeps counting.
	b.apply(strings.Replace(small, "end_of_support: 2027-01}", "end_of_support: 2027-01, interfaces: [Gi0/9]}", 1))
	poll() // by the old prober, just before it ends
	b.want(map[string]string{bytes: "300"})
	// The link moves to another interface: the old one's series go.
	b.apply(strings.Replace(small, "interface: rt-hai-chau/Gi0/0", "interface: rt-hai-chau/Gi0/1", 1))
	b.want(map[string]string{
		bytes: "",
		strings.Replace(bytes, "Gi0/0", "Gi0/1", 1):                                                         "0",
		"wanwatch_interface_speed_bytes_per_second{" + theLink + `,device="rt-hai-chau",interface="Gi0/0"}`: "",
	})
	// The device is not polled any more.
	b.apply(unpolled())
	for series := range b.samples() {
		if strings.Contains(series, `probe="snmp"`) || strings.Contains(series, "interface=") {
			t.Errorf("%s is still there", series)
		}
	}
}

// TestAdoption: the same from a kind that does not announce its subjects.
func TestAdoption(t *testing.T) {
	b := newBench(t, small)
	b.kinds[1].Subjects = nil
	b.apply(strings.Replace(small, "hai-chau-vnpt:", "hai-chau-viettel:", 1))
	b.apply(small)
	j := b.job("rt-hai-chau", "snmp", "")
	poll := func() {
		b.e.Record(&probes.Result{Job: j, Target: b.target("hai-chau-vnpt"), Samples: []probes.Sample{
			{Metric: metric.InterfaceReceiveBytes, Value: 7, Labels: []string{"rt-hai-chau", "Gi0/0"}},
		}})
	}
	bytes := "wanwatch_interface_receive_bytes_total{" + theLink + `,device="rt-hai-chau",interface="Gi0/0"}`
	attempts := "wanwatch_probe_attempts_total{" + theLink + `,probe="snmp",address="10.20.1.1"}`
	b.want(map[string]string{bytes: "", attempts: ""})
	poll()
	poll()
	b.apply(small)
	poll()
	b.want(map[string]string{bytes: "21", attempts: "3"})
	b.apply(strings.Replace(small, "interface: rt-hai-chau/Gi0/0", "interface: rt-hai-chau/Gi0/1", 1))
	b.want(map[string]string{bytes: "", attempts: ""})
	b.apply(unpolled())
	poll() // its job is gone
	b.want(map[string]string{bytes: "", attempts: ""})
}

func TestStrayResults(t *testing.T) {
	b := newBench(t, small)
	before := b.scrape(acceptText, b.own()...)
	j := b.job("hai-chau-vnpt", "ping", "")
	gone := &inventory.Target{ID: "gone", Kind: inventory.LinkTarget, Site: "hai-chau"}
	b.e.Record(&probes.Result{Job: probes.Job{Target: gone, Probe: j.Probe}, Target: gone})
	b.e.Record(&probes.Result{Job: j, Target: gone})
	other := *j.Probe
	other.Address = "192.0.2.1"
	b.e.Record(&probes.Result{Job: probes.Job{Target: j.Target, Probe: &other}, Target: j.Target})
	if after := b.scrape(acceptText, b.own()...); after != before {
		t.Errorf("a stray result changed something: %s", firstDifference(before, after))
	}
	New(Options{}).Record(&probes.Result{Job: j, Target: j.Target}) // before the first inventory
}

func TestSamplesOfAllSorts(t *testing.T) {
	b := newBench(t, small)
	j := b.job("rt-hai-chau", "snmp", "")
	record := func(samples ...probes.Sample) {
		b.e.Record(&probes.Result{Job: j, Target: j.Target, Outcome: probes.Note, Samples: samples})
	}
	info := func(name string) probes.Sample {
		return probes.Sample{Metric: metric.InterfaceInfo, Value: 1, Labels: []string{"rt-hai-chau", "Gi0/1", "3", name, "", "", "64"}}
	}
	infoLine := func(name string) string {
		return "wanwatch_interface_info{" + theDevice + `,device="rt-hai-chau",interface="Gi0/1",if_index="3",if_name="` + name + `",if_alias="",if_descr="",counter_bits="64"}`
	}
	other := info("Gi0/2")
	other.Labels = []string{"rt-hai-chau", "Gi0/2", "4", "Gi0/2", "", "", "64"}
	record(info("one"), other, probes.Sample{Metric: metric.DeviceBootTime, Value: 5})
	record(info("two"))
	record(info("bad \xff"))
	record(info("bad \xff"))
	b.want(map[string]string{
		infoLine("one"): "", infoLine("two"): "", infoLine("bad \uFFFD"): "1",
		"wanwatch_interface_info{" + theDevice + `,device="rt-hai-chau",interface="Gi0/2",if_index="4",if_name="Gi0/2",if_alias="",if_descr="",counter_bits="64"}`: "1",
		"wanwatch_device_boot_timestamp_seconds{" + theDevice + "}":                         "5",
		"wanwatch_probe_attempts_total{" + theDevice + `,probe="snmp",address="10.20.1.1"}`: "0", // a note is no attempt
	})
	record(probes.Sample{Metric: metric.DeviceBootTime, Value: math.NaN()})
	b.want(map[string]string{"wanwatch_device_boot_timestamp_seconds{" + theDevice + "}": ""})
	if b.log.Len() > 0 {
		t.Fatalf("good samples were logged:\n%s", b.log)
	}
	for _, bad := range []probes.Sample{
		{Metric: metric.SNMPRequests, Value: -1},
		{Metric: metric.DeviceReboots, Value: math.NaN()},
		{Metric: metric.InterfaceUp, Value: 1},
		{Metric: metric.Targets, Value: 1, Labels: []string{"link"}},
		{Value: 1},
	} {
		b.log.Reset()
		record(bad)
		record(bad)
		if n := strings.Count(b.log.String(), "level=ERROR"); n != 1 {
			t.Errorf("%+v was logged %d times, want once:\n%s", bad, n, b.log)
		}
	}
}

// TestSeriesAreBounded: a device that answers with ever new names cannot fill
// the memory.
func TestSeriesAreBounded(t *testing.T) {
	b := newBlock(&labelSet{}, newShape(nil))
	f := newFamily(metric.InterfaceUp)
	var list []series
	for i := range maxSeries {
		list = append(list, newSeries(f, []string{"d", fmt.Sprint(i)}))
	}
	b.reshape(newShape(list))
	if b.put(f, []string{"d", "one more"}, 1) {
		t.Error("a series above the bound was taken")
	}
	if !b.put(f, []string{"d", "7"}, 1) {
		t.Error("a series within the bound was not taken")
	}
}

func TestAgents(t *testing.T) {
	const agents = `
agents:
  trung-tam: {site: a}
  ngoai: {site: b}
sites: {a: {}, b: {}}
links:
  chung: {from: a, to: b, ping: 10.0.0.1}
  cua-ngoai: {from: a, to: b, ping: 10.0.0.2, agents: [ngoai]}
  khong-do: {from: a, to: b, bandwidth: 10Mbps}
  khong-do-ngoai: {from: a, to: b, bandwidth: 10Mbps, agents: [ngoai]}
`
	b := newBench(t, small)
	inv, all := b.load(agents)
	var jobs []probes.Job
	for _, j := range all {
		if len(j.Target.Agents) == 0 {
			jobs = append(jobs, j)
		}
	}
	b.e.Apply(inv, "trung-tam", b.kinds, jobs)
	labels := func(id string) string { return fmt.Sprintf(`{target="%s",kind="link",site="b"}`, id) }
	b.want(map[string]string{
		"wanwatch_target_up" + labels("chung"):                                                                    "0",
		"wanwatch_target_up" + labels("cua-ngoai"):                                                                "",
		"wanwatch_target_up" + labels("khong-do"):                                                                 "", // not probed: no state, but limits
		`wanwatch_link_bandwidth_bytes_per_second{target="khong-do",kind="link",site="b",direction="down"}`:       "1.25e+06",
		`wanwatch_link_bandwidth_bytes_per_second{target="khong-do-ngoai",kind="link",site="b",direction="down"}`: "",
		`wanwatch_agent_info{agent="trung-tam",site="a"}`:                                                         "1",
		`wanwatch_targets{kind="link"}`:                                                                           "1",
	})
	b.e.Apply(inv, "ngoai", b.kinds, all)
	b.want(map[string]string{
		`wanwatch_agent_info{agent="trung-tam",site="a"}`: "",
		`wanwatch_agent_info{agent="ngoai",site="b"}`:     "1",
		"wanwatch_target_up" + labels("cua-ngoai"):        "0",
	})
}

// TestReloadsHoldOnToNothing: targets that changed their state and went, without
// a store that would have been told, must not keep their inventory in memory.
func TestReloadsHoldOnToNothing(t *testing.T) {
	b := newBench(t, small)
	room := b.job("phong-hop", "ping", "")
	b.answered(room, time.Millisecond)
	if got := len(b.e.changes.targets); got != 1 {
		t.Fatalf("%d targets are noted as changed, want 1", got)
	}
	b.apply(small[:strings.Index(small, "endpoints:")])
	if got := len(b.e.changes.targets); got != 0 {
		t.Errorf("%d targets that are gone are kept", got)
	}
}
