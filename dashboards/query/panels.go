package query

import (
	"fmt"
	"strings"
)

// What the variables of a dashboard choose: Grafana fills them in. kind, target and
// provider are regular expressions that match everything unless something is chosen.
const (
	chosen      = `site=~"$site",kind=~"$kind",target=~"$target"`
	chosenLines = `max by (target, kind, site, name, site_name, provider, role) (wanwatch_target_info{` + chosen + `,provider=~"$provider",provider!=""})`
	chosenInfo  = `max by (target, kind, site, name, site_name, provider, role) (wanwatch_target_info{` + chosen + `,provider=~"$provider"})`
)

// of narrows a series to the chosen targets; more are further matchers.
func of(series string, more ...string) string {
	return series + "{" + strings.Join(append([]string{chosen}, more...), ",") + "}"
}

// each is the value of a series for each chosen target. Where several agents see a
// target, it is the largest.
func each(series string, more ...string) string {
	return "max by (target, kind, site) (" + of(series, more...) + ")"
}

// shown adds name, site_name, provider and role to what has target, kind and site,
// and leaves out what the variable provider does not choose.
func shown(expr string) string {
	return "(" + expr + ") * on (target, kind, site) group_left (name, site_name, provider, role) " + chosenInfo
}

// ofLines is the same for what has a provider.
func ofLines(expr string) string {
	return "(" + expr + ") * on (target, kind, site) group_left (provider) " + chosenLines
}

// Sorted puts the largest value first, which holds for a single moment only.
func Sorted(expr string) string { return "sort_desc(" + expr + ")" }

// both joins what is known of a target with a condition on it.
func both(expr, condition string) string { return "(" + expr + ") and (" + condition + ")" }

// ofProvider leaves out what the variable provider does not choose, and adds nothing.
func ofProvider(expr string) string {
	return "(" + expr + ") and on (target, kind, site) wanwatch_target_info{" + chosen + `,provider=~"$provider"}`
}

// spent is for how many seconds of the time that the dashboard shows each chosen target
// was in some states: of whole hours, or of the first hour as far as it has come.
func spent(states string) string {
	const by = "sum by (target, kind, site) "
	return "(" + by + "(sum_over_time(" + of(Seconds1h, states) + "[$__range]))\n  or " +
		by + "(increase(" + of("wanwatch_target_seconds_total", states) + "[1h])))"
}

// Variables of dashboards: queries that give the labels to choose from.
const (
	ChooseProvider = `label_values(wanwatch_target_info{provider!=""}, provider)`
	ChooseSite     = `query_result(max by (site, site_name) (wanwatch_target_info))`
	ChooseTarget   = `query_result(max by (name, target) (wanwatch_target_info{site=~"$site",kind=~"$kind",provider=~"$provider"}))`
)

// Panels on states. All are for each target unless it is said otherwise.
var (
	// PanelState is the state, as in [State].
	PanelState = shown(each("wanwatch_target_state"))
	// PanelWrong is the state of what is down or degraded.
	PanelWrong = shown(each("wanwatch_target_state") + " > 1 < 4")
	// PanelWrongDown is for how many seconds of a day they were down.
	PanelWrongDown = both(shown("sum by (target, kind, site) (sum_over_time("+of(Seconds5m, `state="down"`)+"[1d]))"), PanelWrong)
	// PanelWrongChanges is how often their state changed within a day.
	PanelWrongChanges = both(shown("max by (target, kind, site) (round(increase("+of("wanwatch_target_state_changes_total")+"[1d])))"), PanelWrong)
	// PanelWrongLoss is their loss, from 0 to 1.
	PanelWrongLoss = both(shown(each(Loss5m)), PanelWrong)
	// PanelTargets is the number of chosen targets of each site.
	PanelTargets = "count by (site, site_name) (" + PanelState + ")"
	// PanelAlerts are the alerts that fire, with labels and the value 1.
	PanelAlerts = `max by (alertname, severity, kind, target, site) (` + of("ALERTS", `alertstate="firing"`, `heartbeat!="yes"`) + `)`
)

// PanelInState is the number of chosen targets in a state, which is one of the
// values of wanwatch_target_state.
func PanelInState(state string) string {
	return "count(" + ofProvider(each("wanwatch_target_state")+" == "+state) + ") or vector(0)"
}

// PanelSiteInState is the same for each site.
func PanelSiteInState(state string) string {
	return "count by (site, site_name) (" + PanelState + " == " + state + ") or " + PanelTargets + " * 0"
}

// Panels on what pings tell, for each target unless it is said otherwise.
var (
	// PanelLoss is from 0 to 1.
	PanelLoss = shown(each(Loss5m))
	// PanelLossWorst are the ten targets that lose most.
	PanelLossWorst = Sorted("topk(10, " + PanelLoss + " > 0)")
	// PanelRTT, PanelRTTP95 and PanelJitter are in seconds.
	PanelRTT    = shown(each(RTTMean5m))
	PanelRTTP95 = shown(each(RTTP955m))
	PanelJitter = shown(each(Jitter5m))
	// PanelRTTBuckets counts the answers of all chosen targets by their round-trip
	// time: those of five minutes, however far the moments asked for lie apart, since
	// over a month nobody can read all.
	PanelRTTBuckets = "sum by (le) (" + ofProvider("increase("+of("wanwatch_ping_rtt_seconds_bucket")+"[5m])") + ")"
	// PanelRating is the transmission rating factor R, from 0 to 93, that speech would
	// have: ITU-T G.107 as Cole and Rosenbluth simplified it (2001), for G.711 with
	// concealment of losses (Ie 0, Bpl 25.1). The delay is half the round-trip time
	// that 95 of 100 packets keep, and 60 ms for the codec and its buffer. Where the probes
	// themselves tell it, with late packets and bursts, that counts; of several the best.
	PanelRating = shown(each("wanwatch_quality_r_factor") + "\n  or " + rating(each(RTTP955m), each(Loss5m)))
)

// rating is R for a round-trip time in seconds and a loss from 0 to 1. Without
// answers there is none.
func rating(rtt, loss string) string {
	delay := "(" + rtt + " * 500 + 60)" // one way, in milliseconds
	return "93.2 - 0.024 * " + delay + " - 0.11 * clamp_min(" + delay + " - 177.3, 0)\n" +
		"  - 95 * (" + loss + ") / (" + loss + " + 0.251)"
}

// PanelRTTQuantile is the round-trip time that a share q of all packets of the chosen
// targets keeps, in seconds.
func PanelRTTQuantile(q float64) string {
	return fmt.Sprintf("histogram_quantile(%g, %s) >= 0", q, PanelRTTBuckets)
}

// Panels on probes.
var (
	// PanelProbes is 1 for each probe that succeeded, else 0.
	PanelProbes = shown("max by (target, kind, site, probe) (" + of("wanwatch_probe_success") + ")")
	// PanelRegistered is 1 where a room is registered, 0 where it is not.
	PanelRegistered = shown("min by (target, kind, site) (" + of("wanwatch_registered") + ")")
	// PanelVerdict is how good video of 720 lines would be: 0 good, 1 fair, 2 poor; of
	// several probes the best counts.
	PanelVerdict = shown("min by (target, kind, site) (" + of("wanwatch_quality_verdict", `class="video-720p"`) + ")")
	// PanelFailures counts the failures of each target by their reason.
	PanelFailures = shown("sum by (target, kind, site, reason) (increase("+of("wanwatch_probe_failures_total")+"[$__rate_interval])) > 0") + " > 0"
	// PanelCertificate is the Unix time, in milliseconds, at which a certificate ends.
	PanelCertificate = shown("min by (target, kind, site) (" + of("wanwatch_tls_certificate_expiry_timestamp_seconds") + ") * 1000")
	// PanelMeeting is 1 while a meeting is on, else 0.
	PanelMeeting = shown(each("wanwatch_target_meeting_active"))
	// PanelMeetingOn is there while a meeting is on.
	PanelMeetingOn = PanelMeeting + " == 1"
	// PanelMeetingNext is the Unix time of the next meeting, in milliseconds.
	PanelMeetingNext = shown(each("wanwatch_target_meeting_next_timestamp_seconds") + " * 1000")
	// PanelCallBandwidth is what a call takes, in bits a second.
	PanelCallBandwidth = shown(each("wanwatch_endpoint_call_bandwidth_bytes_per_second") + " * 8")
)

// Directions of traffic: towards a site and away from it.
const (
	TowardsSite = `direction="down"`
	FromSite    = `direction="up"`
)

// PanelThroughput is the traffic of each line in a direction, in bits a second.
func PanelThroughput(direction string) string { return shown(each(Throughput5m, direction) + " * 8") }

// PanelContracted is the contracted bandwidth, in bits a second.
func PanelContracted(direction string) string {
	return shown(each("wanwatch_link_bandwidth_bytes_per_second", direction) + " * 8")
}

// PanelUtilization is the share of the contract in use in a direction, from 0.
func PanelUtilization(direction string) string { return shown(each(Utilization5m, direction)) }

// Panels on lines, for each unless it is said otherwise. What is over both directions
// is of the fuller one.
var (
	// PanelErrors is bad packets a second.
	PanelErrors = shown(each(Errors5m))
	// PanelWeek is the P95 of the utilization of a week.
	PanelWeek = shown(each(UtilizationWeek7d))
	// PanelBusyHour is the mean utilization of the fullest hour of a week.
	PanelBusyHour = shown("max by (target, kind, site) (" + lately + of(BusyHour7d) + seldom + ")")
	// PanelGrowth is what the week's P95 gains in 30 days.
	PanelGrowth = shown("max by (target, kind, site) (" + lately + of(UtilizationTrend30d) + seldom + ") * 2592000")
	// PanelDate80 is the Unix time, in milliseconds, at which the week's P95 reaches
	// 80 % of the contract if its trend goes on; absent where it is there already,
	// does not grow, or needs more than three years.
	PanelDate80 = shown("(min by (target, kind, site) ((0.8 - " + UtilizationWeek7d + ") / (" + lately + UtilizationTrend30d + seldom + " > 0)) > 0 < 94608000) * 1000 + time() * 1000")
	// PanelAtDelivery is what the week's P95 will be when a bigger line is delivered.
	PanelAtDelivery = shown("max by (target, kind, site) (clamp_min(" + UtilizationAtDelivery + ", 0))")
	// PanelCallsHour, PanelCallsBusy and PanelCallsWeek are how many further calls of its
	// site's endpoints fit into a line besides what it carries: on average in the last hour,
	// in the fullest hour of the week, and for 95 % of the week.
	PanelCallsHour = calls("avg_over_time(" + of(Utilization5m) + "[1h])")
	PanelCallsBusy = calls(lately + of(BusyHour7d) + seldom)
	PanelCallsWeek = calls(of(UtilizationWeek7d))
)

// calls is how many calls fit beside a utilization.
func calls(utilization string) string {
	return shown("floor(min by (target, kind, site) (clamp_min(1 - " + utilization + ", 0) * on (target, kind, site, direction) group_left () max by (target, kind, site, direction) (" + of("wanwatch_link_bandwidth_bytes_per_second") + `))
  / on (site) group_left () (max by (site) (wanwatch_endpoint_call_bandwidth_bytes_per_second{site=~"$site"}) > 0))`)
}

// Panels on contracts and equipment.
var (
	// PanelCost is the cost a month, by currency.
	PanelCost = shown("max by (target, kind, site, currency) (" + of("wanwatch_contract_monthly_cost") + ")")
	// PanelCostMbit is the cost a month of a Mbit/s towards the site, by currency.
	PanelCostMbit = shown("max by (target, kind, site, currency) (" + of("wanwatch_contract_monthly_cost") + ") / on (target, kind, site) group_left () (" + each("wanwatch_link_bandwidth_bytes_per_second", TowardsSite) + " * 8 / 1e6 > 0)")
	// PanelCostProvider is the cost a month by provider and currency.
	PanelCostProvider = "sum by (provider, currency) (" + PanelCost + ")"
	// PanelContractEnd and PanelSupportEnd are Unix times in milliseconds.
	PanelContractEnd = shown(each("wanwatch_contract_end_timestamp_seconds") + " * 1000")
	PanelSupportEnd  = shown(each("wanwatch_device_end_of_support_timestamp_seconds") + " * 1000")
	PanelPurchased   = shown(each("wanwatch_device_purchased_timestamp_seconds") + " * 1000")
	// PanelLeadTime is in days.
	PanelLeadTime = shown(each("wanwatch_contract_lead_time_seconds") + " / 86400")
	// PanelSLA is the promised share of time up, from 0 to 1.
	PanelSLA = shown(each("wanwatch_contract_sla_availability_ratio"))
)

// PanelSeconds is for how many seconds of the time that the dashboard shows a target
// was in a state.
func PanelSeconds(state string) string {
	return shown(spent(`state="` + state + `"`))
}

// Panels on availability: shares from 0 to 1 of the time that counts, which is
// neither maintenance nor what nothing is known of.
var (
	// PanelAvailability is of each target, over the time that the dashboard shows.
	PanelAvailability = shown(spent(worked) +
		"\n  / (" + spent(counts) + " > 0)")
	// PanelAvailabilityAll is of all together.
	PanelAvailabilityAll = "sum(" + ofProvider(spent(worked)) + ")\n  / (sum(" +
		ofProvider(spent(counts)) + ") > 0)"
	// PanelAvailabilityProvider is of the lines of each provider.
	PanelAvailabilityProvider = byProvider(ofLines(spent(worked)), ofLines(spent(counts)))
	// PanelBelowSLA is the number of lines that keep less than is promised.
	PanelBelowSLA = "count(" + PanelAvailability + " < " + PanelSLA + ") or vector(0)"
	// PanelMinutesLeft is how many minutes more a line may be down: in a whole month,
	// or in the time that the dashboard shows if that is longer. It is negative if the
	// line was down for longer in the time shown.
	PanelMinutesLeft = shown("((1 - " + each("wanwatch_contract_sla_availability_ratio") +
		") * scalar(clamp_min(vector($__range_s), scalar(days_in_month() * 86400)))\n  - " +
		spent(`state="down"`) + ") / 60")
	// PanelMonth and PanelMonthProvider are of the month that begins at the moment
	// asked for, give or take twelve hours; at other moments there is nothing. They
	// are to be asked for in steps of a day. Months are those of UTC.
	PanelMonth         = share(shown(month(Worked6h)), shown(month(Counted6h)))
	PanelMonthProvider = byProvider(ofLines(month(Worked6h)), ofLines(month(Counted6h)))
)

func share(part, whole string) string { return "(" + part + ")\n  / ((" + whole + ") > 0)" }

func byProvider(part, whole string) string {
	by := `sum by (provider) (`
	return share(by+part+")", by+whole+")")
}

// month adds up what was recorded for the month that begins now.
func month(series string) string {
	const noon = "vector(time() + 43200)"
	return "sum by (target, kind, site) (sum_over_time(" + of(series) + "[32d] offset -32d)\n" +
		"  and on (month) count_values(\"month\", year(" + noon + ") * 100 + month(" + noon + ")) and on () day_of_month(" + noon + ") == 1)"
}

// Panels on the monitor itself.
const (
	// PanelBlind is the share of the targets about which nothing is known.
	PanelBlind = `(count(wanwatch_target_state == 0) or vector(0)) / (count(wanwatch_target_state) > 0)`
	// PanelReload is 1 if the inventory on disk is in force.
	PanelReload = `min(wanwatch_config_last_reload_successful)`
	// PanelVersion are the programs, with their version as a label.
	PanelVersion = `max by (version, goversion) (wanwatch_build_info)`
	// PanelKinds and PanelJobs count targets by kind, and probes by theirs.
	PanelKinds = `sum by (kind) (wanwatch_targets)`
	PanelJobs  = `sum by (probe_kind) (wanwatch_jobs)`
	// PanelSendLag, PanelScheduleLag, PanelQueue and PanelScrape are what 99 of 100
	// keep, in seconds.
	PanelSendLag     = `histogram_quantile(0.99, sum by (le) (rate(wanwatch_ping_send_lag_seconds_bucket[$__rate_interval]))) >= 0`
	PanelScheduleLag = `histogram_quantile(0.99, sum by (le, probe_kind) (rate(wanwatch_schedule_lag_seconds_bucket[$__rate_interval]))) >= 0`
	PanelQueue       = `histogram_quantile(0.99, sum by (le) (rate(wanwatch_ping_receive_queue_seconds_bucket[$__rate_interval]))) >= 0`
	PanelScrape      = `histogram_quantile(0.99, sum by (le) (rate(wanwatch_exporter_scrape_seconds_bucket[$__rate_interval]))) >= 0`
	// What went wrong, counted within the step of the panel.
	PanelSkipped    = `sum by (probe_kind) (increase(wanwatch_schedule_skipped_total[$__rate_interval]))`
	PanelStalled    = `sum(increase(wanwatch_ping_stalled_seconds_total[$__rate_interval]))`
	PanelDropped    = `sum(increase(wanwatch_ping_socket_drops_total[$__rate_interval]))`
	PanelSendErrors = `sum(increase(wanwatch_ping_send_errors_total[$__rate_interval]))`
	PanelForeign    = `sum(increase(wanwatch_ping_foreign_total[$__rate_interval]))`
	// Of the history: samples a second, series, bytes, seconds.
	PanelSamples     = `sum(rate(wanwatch_store_samples_total[$__rate_interval]))`
	PanelSeries      = `sum(wanwatch_store_series)`
	PanelStoreSize   = `sum(wanwatch_store_size_bytes)`
	PanelStoreFree   = `min(wanwatch_store_free_bytes)`
	PanelStoreErrors = `sum(increase(wanwatch_store_append_errors_total[$__rate_interval]))`
	PanelStoreAge    = `time() - max(wanwatch_store_last_append_timestamp_seconds)`
	// Of the rules, by group: failures within the step, and seconds.
	PanelRuleFailures = `sum by (group) (increase(wanwatch_rule_evaluation_failures_total[$__rate_interval]))`
	PanelRuleSeconds  = `max by (group) (wanwatch_rule_group_last_duration_seconds)`
	// Of the process: cores, bytes, goroutines. Other programs expose the same names,
	// so that only those of wanwatch count.
	PanelCPU        = `sum(rate(process_cpu_seconds_total[$__rate_interval]) and on (job, instance) wanwatch_build_info)`
	PanelMemory     = `sum(process_resident_memory_bytes and on (job, instance) wanwatch_build_info)`
	PanelGoroutines = `sum(go_goroutines and on (job, instance) wanwatch_build_info)`
)
