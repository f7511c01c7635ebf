package query

import (
	"strconv"
	"strings"
	"time"
)

// Expressions of reports, about the targets with these ids.

// Selected are the series of a name about the targets with these ids.
func Selected(name string, ids []string) string { return name + among(ids) }

// TargetState is the metric of what is concluded about each target.
const TargetState = "wanwatch_target_state"

// DeviceCPU and DeviceMemory are the metrics of how busy a device is.
const (
	DeviceCPU    = "wanwatch_device_cpu_utilization_ratio"
	DeviceMemory = "wanwatch_device_memory_utilization_ratio"
)

// ReportDevices are what devices said of themselves last in a period, to the hour.
func ReportDevices(ids []string, period time.Duration) string {
	return `topk by (target) (1, max_over_time(timestamp(wanwatch_device_info` + among(ids) + `)[` + seconds(period) + `:1h]))`
}

// ReportReboots is how often devices were seen to start in a period.
func ReportReboots(ids []string, period time.Duration) string {
	return `sum by (target) (` + grown(`wanwatch_device_reboots_total`+among(ids), period) + `)`
}

// ReportErrors are the packets with errors of all interfaces that a device carries in a
// period, by the device's id.
func ReportErrors(ids []string, period time.Duration) string {
	devices := matching("device", ids)
	return `label_replace(sum by (device) (` + grown(`wanwatch_interface_receive_errors_total`+devices, period) + `
  + ` + grown(`wanwatch_interface_transmit_errors_total`+devices, period) + `), "target", "$1", "device", "(.*)")`
}

// ReportLoad is what 95 of 100 values of a device's gauge in a period do not exceed. They
// are new each five minutes.
func ReportLoad(gauge string, ids []string, period time.Duration) string {
	return `max by (target) (quantile_over_time(0.95, ` + gauge + among(ids) + `[` + seconds(period) + `:5m]))`
}

// grown is by how much counters grew in a period, hour by hour: a server refuses to hold
// all samples of many series at once. An hour's growth is the difference of two readings
// where the counter did not begin anew.
func grown(counter string, period time.Duration) string {
	return `sum_over_time((
    (` + counter + ` - ` + counter + ` offset 1h) unless resets(` + counter + `[61m]) > 0 or increase(` + counter + `[1h])
  )[` + seconds(period) + `:1h])`
}

func seconds(period time.Duration) string { return strconv.Itoa(int(period/time.Second)) + "s" }

func among(ids []string) string { return matching("target", ids) }

// matching selects by ids, which are letters, digits and hyphens, and each of one target.
func matching(label string, ids []string) string {
	return "{" + label + `=~"` + strings.Join(ids, "|") + `"}`
}
