package app

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os/exec"
	"strings"
	"testing"

	"wanwatch/internal/peertest"
	"wanwatch/internal/testenv"
)

// realInventory has a target of each kind of probe, one that answers and one
// that does not.
func realInventory(t *testing.T) string {
	t.Helper()
	t.Setenv("WANWATCH_TEST_COMMUNITY", "public")
	return fmt.Sprintf(`
sites: {here: {name: Văn phòng Thành ủy}, there: {}}
credentials: {c: {snmp: {version: 2c, community: {env: WANWATCH_TEST_COMMUNITY}}}}
devices:
  router: {site: here, address: 127.0.0.1, credential: c}
links:
  wan:
    from: here
    to: there
    ping: 127.0.0.1
    interface: router/eth0
    bandwidth: {down: 50Mbps, up: 20Mbps}
    contract: {number: "12/HĐ", ends: 2030-03-31, monthly_cost: {amount: 4500000, currency: VND}, sla: {availability: 99.9%%, rtt: 20ms, loss: 0.5%%}}
uplinks:
  live: {site: here, tcp: %q}
  dead: {site: here, tcp: "127.0.0.1:1"}
`, listener(t))
}

// TestPrometheusScrapes runs Debian's Prometheus against a running program and
// asks it for what it read.
func TestPrometheusScrapes(t *testing.T) {
	testenv.NeedRoot(t) // to ping whatever the host's settings
	a := start(t, Options{Inventory: write(t, realInventory(t)), Version: "1.2.3"})
	peer := peertest.Prometheus(t, peertest.Place{}, t.TempDir(), fmt.Sprintf(`
global: {scrape_interval: 1s}
scrape_configs:
  - job_name: wanwatch
    static_configs: [{targets: [%q]}]
`, a.Addr()))

	for _, c := range []struct{ query, want string }{
		{`up{job="wanwatch"}`, "1"},
		{`wanwatch_probe_success{target="live",kind="uplink",site="here",probe="tcp"}`, "1"},
		{`wanwatch_probe_success{target="dead"}`, "0"},
		{`wanwatch_target_up{target="live"}`, "1"},
		{`wanwatch_probe_failures_total{target="dead",reason="refused"} > bool 0`, "1"},
		{`wanwatch_link_bandwidth_bytes_per_second{target="wan",direction="down"}`, "6250000"},
		{`wanwatch_ping_received_total{target="wan"} > bool 1`, "1"},
		{`wanwatch_ping_lost_total{target="wan"}`, "0"},
		{`histogram_quantile(0.9, wanwatch_ping_rtt_seconds_bucket{target="wan"}) < bool 1`, "1"},
		{`wanwatch_build_info{version="1.2.3"}`, "1"},
		{`wanwatch_config_last_reload_successful`, "1"},
	} {
		var got string
		eventually(t, c.query+" is "+c.want, func() bool {
			got = ask(t, peer, c.query)
			return got == c.want
		})
	}
}

// TestPromtool lets promtool look at the whole of the metrics.
func TestPromtool(t *testing.T) {
	promtool := testenv.NeedProgram(t, "promtool", "prometheus")
	testenv.NeedRoot(t) // to ping whatever the host's settings
	a := start(t, Options{Inventory: write(t, realInventory(t))})
	var body string
	eventually(t, "a ping is counted", func() bool {
		_, body = get(t, a, "/metrics")
		return successful(body, "wan") && successful(body, "live")
	})
	cmd := exec.CommandContext(t.Context(), promtool, "check", "metrics")
	cmd.Stdin = strings.NewReader(body)
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("promtool check metrics: %v\n%s", err, out)
	}
}

// query returns the value of the only series of a PromQL expression, or what
// came instead of it.
func ask(t *testing.T, p *peertest.Peer, expr string) string {
	t.Helper()
	data := p.Query("query", url.Values{"query": {expr}})
	var answer struct{ Result []struct{ Value [2]any } }
	if err := json.Unmarshal(data, &answer); err != nil || len(answer.Result) != 1 {
		return string(data)
	}
	return fmt.Sprint(answer.Result[0].Value[1])
}
