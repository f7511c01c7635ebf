// Package query holds every PromQL expression of rules, dashboards, pages and
// reports, once and by name.
//
// The expressions work on the embedded store, on Prometheus since 2.42 and on what
// is compatible with it. They use classic histograms, since native ones are an
// experiment there. None divides by zero: a quotient whose divisor is zero is
// absent.
package query

// The values of wanwatch_target_state.
const (
	Unknown     = "0"
	Up          = "1"
	Degraded    = "2"
	Down        = "3"
	Maintenance = "4"
)

// Of all targets.
const (
	// IsDown are the targets that are down, whoever is to blame.
	IsDown = `wanwatch_target_state == 3`
	// IsDegraded are the targets that work badly.
	IsDegraded = `wanwatch_target_state == 2`
	// SecondsMinutes and SecondsHour are the seconds of the last five minutes and of
	// the last hour that a target spent in each state, the second made of the first:
	// what is asked over months must not read every sample.
	//
	// The difference of two readings is exact to the second, where increase() scales up
	// what lies between the first and the last sample. It is taken where the counter did
	// not begin anew. Of several agents that look at a target it is the mean: together
	// they know of no more time than there was.
	SecondsMinutes = `avg by (target, kind, site, state) (
  ((wanwatch_target_seconds_total - wanwatch_target_seconds_total offset 5m) unless resets(wanwatch_target_seconds_total[6m]) > 0)
  or increase(wanwatch_target_seconds_total[5m])
)`
	SecondsHour = `sum_over_time(` + Seconds5m + `[1h])`
	// MonthWorked and MonthCounted are the seconds of the last six hours in which a
	// target worked, and in which it should have and something was known of it, with
	// the month to which they belong, as 202611, in UTC.
	MonthWorked  = `sum by (target, kind, site) (sum_over_time(` + Seconds1h + `{` + worked + `}[6h])) * on () group_left (month) ` + monthOfRecord
	MonthCounted = `sum by (target, kind, site) (sum_over_time(` + Seconds1h + `{` + counts + `}[6h])) * on () group_left (month) ` + monthOfRecord
	// Changes counts the changes of a target's state within half an hour. increase()
	// tells a little more than there were, which is rounded off.
	Changes = `round(increase(wanwatch_target_state_changes_total[30m]))`
)

// States of the time that counts for availability.
const (
	worked = `state=~"up|degraded"`
	counts = `state=~"up|degraded|down"` // neither maintenance nor what is not known
)

// monthOfRecord is 1 with the month in which most of the last six hours lie.
const monthOfRecord = `count_values("month", year(vector(time() - 10800)) * 100 + month(vector(time() - 10800)))`

// Of pings.
const (
	// Loss is the share of the packets of five minutes that were lost, from 0 to 1.
	Loss = `sum by (target, kind, site) (increase(wanwatch_ping_lost_total[5m]))
  / (sum by (target, kind, site) (increase(wanwatch_ping_sent_total[5m])) > 0)`
	// RTTMean is the mean round-trip time of five minutes, in seconds.
	RTTMean = `sum by (target, kind, site) (rate(wanwatch_ping_rtt_seconds_sum[5m]))
  / (sum by (target, kind, site) (rate(wanwatch_ping_rtt_seconds_count[5m])) > 0)`
	// RTTP95 is the round-trip time that 95 of 100 packets of five minutes keep, in
	// seconds. Without answers it would be no number; there is none then.
	RTTP95 = `histogram_quantile(0.95, sum by (target, kind, site, le) (rate(wanwatch_ping_rtt_seconds_bucket[5m]))) >= 0`
	// Jitter is the mean interarrival jitter of five minutes (RFC 3550), in seconds.
	Jitter = `max by (target, kind, site) (avg_over_time(wanwatch_ping_jitter_seconds[5m]))`
)

// device are the devices with their id in the label device, for joins with the
// interfaces that name it.
const device = `label_replace(wanwatch_target_info{kind="device"}, "device", "$1", "target", "(.*)")`

// Of interfaces. Down is towards the site of a link or an uplink: what an interface
// at that site receives, or what one at the other end sends.
const (
	// ThroughputDown and ThroughputUp are in bytes a second, of five minutes.
	ThroughputDown = `label_replace(sum by (target, kind, site) (
  (rate(wanwatch_interface_receive_bytes_total[5m]) and on (device, site) ` + device + `)
  or (rate(wanwatch_interface_transmit_bytes_total[5m]) unless on (device, site) ` + device + `)
), "direction", "down", "", "")`
	ThroughputUp = `label_replace(sum by (target, kind, site) (
  (rate(wanwatch_interface_transmit_bytes_total[5m]) and on (device, site) ` + device + `)
  or (rate(wanwatch_interface_receive_bytes_total[5m]) unless on (device, site) ` + device + `)
), "direction", "up", "", "")`
	// ThroughputKept, LossKept and BandwidthKept are what reports read: a year of samples
	// each half minute would be ten times as many. Throughput to half a kbit/s, which
	// halves its room on disk.
	ThroughputKept = `round(` + Throughput5m + `, 64)`
	LossKept       = Loss5m
	BandwidthKept  = `max by (target, kind, site, direction) (wanwatch_link_bandwidth_bytes_per_second)`
	// InterfaceErrors are packets with errors or discarded a second, of five minutes.
	InterfaceErrors = `sum by (target, kind, site) (
  rate(wanwatch_interface_receive_errors_total[5m]) + rate(wanwatch_interface_transmit_errors_total[5m])
)`
	// Utilization is the throughput as a share of the contracted bandwidth, from 0.
	Utilization = Throughput5m + `
  / on (target, kind, site, direction) (wanwatch_link_bandwidth_bytes_per_second > 0)`
	// UtilizationWeek is what 95 of 100 values of the utilization of a week stay
	// below: of samples of five minutes, as providers bill. A week has all kinds of
	// days, so that neither a busy hour nor a weekend bends it.
	UtilizationWeek = `quantile_over_time(0.95, ` + Utilization5m + `[7d:5m])`
	// UtilizationTrend is what the P95 of a week gains in a second, by the trend of
	// 30 days. With less than 20 days there is none.
	UtilizationTrend = `deriv(` + UtilizationWeek7d + `[30d]) and ` + UtilizationWeek7d + ` offset 20d`
	// UtilizationBusyHour is the mean of the fullest hour of a week.
	UtilizationBusyHour = `max_over_time(avg_over_time(` + Utilization5m + `[1h])[7d:1h])`
	// UtilizationAtDelivery is what the P95 of a week will be when a bigger line
	// ordered now is delivered: the trend goes on for the lead time of the contract,
	// or 30 days where it says none.
	UtilizationAtDelivery = UtilizationWeek7d + ` + ` + lately + UtilizationTrend30d + seldom + `
  * on (target, kind, site) group_left () (
    max by (target, kind, site) (wanwatch_contract_lead_time_seconds)
    or max by (target, kind, site) (wanwatch_link_bandwidth_bytes_per_second * 0 + 2592000)
  )`
)

// Names of what recording rules keep; each is the expression of the same name.
const (
	Seconds5m         = "target:wanwatch_target_seconds:increase5m"
	Seconds1h         = "target:wanwatch_target_seconds:increase1h"
	Worked6h          = "target:wanwatch_target_seconds:worked6h"
	Counted6h         = "target:wanwatch_target_seconds:counted6h"
	Loss5m            = "target:wanwatch_ping_loss:ratio_rate5m"
	RTTMean5m         = "target:wanwatch_ping_rtt_seconds:mean5m"
	RTTP955m          = "target:wanwatch_ping_rtt_seconds:p95_5m"
	Jitter5m          = "target:wanwatch_ping_jitter_seconds:avg5m"
	Throughput5m      = "target:wanwatch_throughput_bytes:rate5m"
	Errors5m          = "target:wanwatch_interface_errors:rate5m"
	Utilization5m     = "target:wanwatch_utilization:ratio_rate5m"
	UtilizationWeek7d = "target:wanwatch_utilization:p95_7d"
	TargetSuppressed  = "wanwatch_target_suppressed"

	ThroughputKept5m = "target:wanwatch_throughput_bytes:sample5m"
	LossKept5m       = "target:wanwatch_ping_loss:sample5m"
	BandwidthKept1h  = "target:wanwatch_link_bandwidth_bytes:sample1h"

	UtilizationTrend30d = "target:wanwatch_utilization:deriv30d"
	BusyHour7d          = "target:wanwatch_utilization:busyhour7d"
)

// What is recorded each six hours is asked for by lately, its name and seldom, with
// matchers between.
const (
	lately = `last_over_time(`
	seldom = `[370m])`
)
