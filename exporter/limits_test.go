package exporter

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// local is a moment in the small inventory's time zone.
func local(y int, m time.Month, d, hour, minute int) time.Time {
	return time.Date(y, m, d, hour, minute, 0, 0, time.FixedZone("ICT", 7*60*60))
}

func number64(t time.Time) string { return string(appendFloat(nil, float64(t.Unix()))) }

func TestLimits(t *testing.T) {
	b := newBench(t, small)
	b.want(map[string]string{
		"wanwatch_link_bandwidth_bytes_per_second{" + theLink + `,direction="down"}`: "6.25e+06",
		"wanwatch_link_bandwidth_bytes_per_second{" + theLink + `,direction="up"}`:   "2.5e+06",
		"wanwatch_link_bandwidth_bytes_per_second{" + theUplink + `,direction="up"}`: "",
		"wanwatch_contract_info{" + theLink + `,provider="vnpt",number="11/HĐ"}`:     "1",
		"wanwatch_contract_end_timestamp_seconds{" + theLink + "}":                   number64(local(2027, 1, 1, 0, 0)),
		"wanwatch_contract_monthly_cost{" + theLink + `,currency="VND"}`:             "4.5e+06",
		"wanwatch_contract_lead_time_seconds{" + theLink + "}":                       fmt.Sprint(45.0 * 86400),
		"wanwatch_contract_sla_availability_ratio{" + theLink + "}":                  "0.999",
		"wanwatch_contract_sla_rtt_seconds{" + theLink + "}":                         "0.02",
		"wanwatch_contract_sla_jitter_seconds{" + theLink + "}":                      "0.005",
		"wanwatch_contract_sla_loss_ratio{" + theLink + "}":                          "0.005",
		"wanwatch_contract_sla_repair_seconds{" + theLink + "}":                      "14400",
		"wanwatch_endpoint_call_bandwidth_bytes_per_second{" + theRoom + "}":         "500000",
		"wanwatch_device_purchased_timestamp_seconds{" + theDevice + "}":             number64(local(2019, 6, 1, 0, 0)),
		"wanwatch_device_end_of_support_timestamp_seconds{" + theDevice + "}":        number64(local(2027, 2, 1, 0, 0)),
		"wanwatch_target_meeting_active{" + theRoom + "}":                            "0",
		"wanwatch_target_meeting_next_timestamp_seconds{" + theRoom + "}":            number64(local(2026, 12, 1, 8, 0)),
		"wanwatch_target_meeting_active{" + theLink + "}":                            "",
		"wanwatch_contract_sla_availability_ratio{" + theUplink + "}":                "",
	})
}

// TestContractsFollowEachOther: at midnight in the organization's zone the next
// contract is in force, without a reload, and its SLA judges the link.
func TestContractsFollowEachOther(t *testing.T) {
	b := newBench(t, small)
	set := func(at time.Time) { b.clock.advance(at.Sub(b.clock.read())) }
	set(local(2026, 12, 31, 23, 59))
	b.want(map[string]string{"wanwatch_contract_info{" + theLink + `,provider="vnpt",number="11/HĐ"}`: "1"})
	set(local(2027, 1, 1, 0, 0))
	b.want(map[string]string{
		"wanwatch_contract_info{" + theLink + `,provider="vnpt",number="11/HĐ"}`: "",
		"wanwatch_contract_info{" + theLink + `,provider="vnpt",number="12/HĐ"}`: "1",
		"wanwatch_contract_end_timestamp_seconds{" + theLink + "}":               number64(local(2028, 1, 1, 0, 0)),
		"wanwatch_contract_sla_rtt_seconds{" + theLink + "}":                     "",
		"wanwatch_contract_monthly_cost{" + theLink + `,currency="VND"}`:         "",
	})
	if w := b.e.set.Load().of[keyOf(b.target("hai-chau-vnpt"))].feeds[0].verdict.recent; w.maxRTT != 0 || w.maxLost != lossLimit(defaultLoss) {
		t.Errorf("the link is still judged by the old SLA: %+v", w)
	}
	// A contract that ran out stays, so that somebody notices.
	set(local(2030, 1, 1, 0, 0))
	b.want(map[string]string{"wanwatch_contract_end_timestamp_seconds{" + theLink + "}": number64(local(2028, 1, 1, 0, 0))})
}

func TestMeetingsAndMaintenance(t *testing.T) {
	b := newBench(t, small)
	active, next := "wanwatch_target_meeting_active{"+theRoom+"}", "wanwatch_target_meeting_next_timestamp_seconds{"+theRoom+"}"
	on := "wanwatch_target_maintenance{" + theRoom + "}"
	for _, c := range []struct {
		hour, minute int
		active, on   string
		next         time.Time
	}{
		{7, 29, "0", "0", local(2026, 12, 1, 8, 0)},
		{7, 30, "0", "1", local(2026, 12, 1, 8, 0)},
		{7, 45, "0", "0", local(2026, 12, 1, 8, 0)},
		{8, 0, "1", "0", local(2026, 12, 2, 8, 0)},
		{9, 59, "1", "0", local(2026, 12, 2, 8, 0)},
		{10, 0, "0", "0", local(2026, 12, 2, 8, 0)},
	} {
		at := local(2026, 12, 1, c.hour, c.minute)
		b.clock.advance(at.Sub(b.clock.read()))
		b.want(map[string]string{active: c.active, next: number64(c.next), on: c.on})
	}
	// Three hours in which nothing was measured, 15 minutes of them excused.
	b.want(map[string]string{
		"wanwatch_target_seconds_total{" + theRoom + `,state="maintenance"}`: "900",
		"wanwatch_target_seconds_total{" + theRoom + `,state="unknown"}`:     "9900",
	})
	b.apply(strings.Replace(small, ", endpoints: [phong-hop]}", ", endpoints: [khac]}", 1)[:strings.Index(small, "meetings:")])
	b.want(map[string]string{active: "0", next: ""})
}

// TestDegradedBySLA: a link slower than its contract says.
func TestDegradedBySLA(t *testing.T) {
	b := newBench(t, small)
	j := b.job("hai-chau-vnpt", "ping", "")
	for range 60 {
		b.clock.advance(time.Second)
		b.answered(j, 25*time.Millisecond)
	}
	b.want(map[string]string{
		"wanwatch_target_up{" + theLink + "}":                             "1",
		"wanwatch_target_seconds_total{" + theLink + `,state="up"}`:       "29",
		"wanwatch_target_seconds_total{" + theLink + `,state="degraded"}`: "30",
	})
}
