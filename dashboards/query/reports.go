package query

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Expressions of reports, about the targets with these ids.

// ReportThroughput is what passed in the five minutes before, in bytes a second, by target
// and direction.
func ReportThroughput(ids []string) string { return Throughput5m + among(ids) }

// ReportBandwidth is the contracted bandwidth, in bytes a second, by target and direction.
func ReportBandwidth(ids []string) string {
	return `max by (target, kind, site, direction) (wanwatch_link_bandwidth_bytes_per_second` + among(ids) + `)`
}

// ReportWeek is the P95 of the throughput of a week, in bytes a second.
func ReportWeek(ids []string) string {
	return `quantile_over_time(0.95, ` + Throughput5m + among(ids) + `[7d:5m])`
}

// ReportLoss is the share of packets lost in the five minutes before.
func ReportLoss(ids []string) string { return Loss5m + among(ids) }

// ReportSeconds are the seconds of the hour before, by target and state.
func ReportSeconds(ids []string) string { return `sum_over_time(` + Seconds5m + these(ids) + `[1h])` }

// ReportDown is 1 while a target is down, and 0 while it is in another state.
func ReportDown(ids []string) string {
	return `max by (target) (wanwatch_target_state` + these(ids) + ` == bool 3)`
}

// ReportMonths are the seconds of each month, as 202611 in UTC, in which a target worked
// or, with Counted6h, in which it counted.
func ReportMonths(series string, ids []string) string {
	return `sum by (target, month) (sum_over_time(` + series + these(ids) + `[400d]))`
}

func these(ids []string) string { return strings.Replace(among(ids), `kind=~"link|uplink",`, "", 1) }

func among(ids []string) string {
	quoted := make([]string, len(ids))
	for i, id := range ids {
		quoted[i] = regexp.QuoteMeta(id)
	}
	return `{kind=~"link|uplink",target=~"` + strings.ReplaceAll(strings.Join(quoted, "|"), `\`, `\\`) + `"}`
}

// ReportDevices are what devices said of themselves last in a period, to the hour.
func ReportDevices(ids []string, period time.Duration) string {
	return `topk by (target) (1, max_over_time(timestamp(wanwatch_device_info` + these(ids) + `)` + strings.TrimSuffix(over(period), "]") + `:1h]))`
}

// ReportReboots is how often devices were seen to start in a period.
func ReportReboots(ids []string, period time.Duration) string {
	return `sum by (target) (increase(wanwatch_device_reboots_total` + these(ids) + over(period) + `))`
}

// ReportErrors are the packets with errors of all interfaces that a device carries in a
// period, by the device's id.
func ReportErrors(ids []string, period time.Duration) string {
	devices := strings.Replace(these(ids), "target=~", "device=~", 1)
	return `label_replace(sum by (device) (increase(wanwatch_interface_receive_errors_total` + devices + over(period) + `)
  + increase(wanwatch_interface_transmit_errors_total` + devices + over(period) + `)), "target", "$1", "device", "(.*)")`
}

func over(period time.Duration) string { return "[" + strconv.Itoa(int(period/time.Second)) + "s]" }
