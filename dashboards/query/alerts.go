package query

// named adds the texts of a target to an expression about it, as labels. It leaves
// out what should not answer: see [NetworkOpen].
func named(expr string) string {
	return "(" + expr + `) * on (target, kind, site) group_left (name, site_name, provider, role) wanwatch_target_info{expect!="unreachable"}`
}

// Alerting expressions: each gives a series for every target that an alert is about.
var (
	// EndpointDown are conference endpoints that are down.
	EndpointDown = named(`(wanwatch_target_state{kind="endpoint"} == 3) / 3`)
	// EndpointInMeetingDown are those of them whose meeting is on or starts within
	// half an hour.
	EndpointInMeetingDown = named(`(wanwatch_target_state{kind="endpoint"} == 3) / 3 and on (target, kind, site)
  (wanwatch_target_meeting_active == 1 or wanwatch_target_meeting_next_timestamp_seconds - time() < 1800)`)
	// EndpointInMeetingPoor are those whose meeting is on and that work badly, or over
	// whose network video would be poor.
	EndpointInMeetingPoor = named(`((wanwatch_target_state{kind="endpoint"} == 2) / 2 or on (target, kind, site)
  min by (target, kind, site) (wanwatch_quality_verdict{kind="endpoint",class="video-720p"}) == 2) and on (target, kind, site)
  wanwatch_target_meeting_active == 1`)
	// LinkInMeetingDown are lines that are down at sites whose rooms are in a meeting.
	LinkInMeetingDown = named(`(wanwatch_target_state{kind="link"} == 3) / 3 and on (site) wanwatch_target_meeting_active == 1`)
	// MeetingNotReady are parts of a meeting that will not work, by the check before it.
	MeetingNotReady = named(`(wanwatch_meeting_readiness == 2) / 2`)
	// EndpointDegraded are conference endpoints that work badly.
	EndpointDegraded = named(`(wanwatch_target_state{kind="endpoint"} == 2) / 2`)
	// NotRegistered are rooms that their server or gatekeeper does not know.
	NotRegistered = named(`1 - min by (target, kind, site) (wanwatch_registered) == 1`)
	// PartFailed are rooms of whose equipment a part says that it has failed.
	PartFailed = named(`1 - min by (target, kind, site, part) (wanwatch_equipment_part_working) == 1`)
	// LinkDown and UplinkDown are lines that are down.
	LinkDown   = named(`(wanwatch_target_state{kind="link"} == 3) / 3`)
	UplinkDown = named(`(wanwatch_target_state{kind="uplink"} == 3) / 3`)
	// OnBackup are main links that are down at sites which another link keeps
	// connected.
	OnBackup = named(`(wanwatch_target_state{kind="link"} == 3) / 3`) + ` == 1 and on (target, kind, site) wanwatch_target_info{role!="backup"}
  and on (site) (wanwatch_target_state{kind="link"} == 1 or wanwatch_target_state{kind="link"} == 2)`
	// Flapping are targets that changed their state more than six times in half an
	// hour.
	Flapping = named(Changes + ` > 6`)
	// LossOverSLA, RTTOverSLA and JitterOverSLA are lines that break what their
	// contract promises.
	LossOverSLA   = named(Loss5m + ` > on (target, kind, site) wanwatch_contract_sla_loss_ratio`)
	RTTOverSLA    = named(RTTMean5m + ` > on (target, kind, site) wanwatch_contract_sla_rtt_seconds`)
	JitterOverSLA = named(Jitter5m + ` > on (target, kind, site) wanwatch_contract_sla_jitter_seconds`)
	// Saturated are lines that are filled to nine tenths.
	Saturated = named(`max by (target, kind, site) (` + Utilization5m + `) > 0.9`)
	// Errors are interfaces that lose packets: one a second and more.
	Errors = named(Errors5m + ` > 1`)
	// WeekOver70, WeekOver80 and WeekOver90 are lines whose P95 of a week is over
	// that share of the contract.
	WeekOver70 = named(`max by (target, kind, site) (` + UtilizationWeek7d + `) > 0.7 <= 0.8`)
	WeekOver80 = named(`max by (target, kind, site) (` + UtilizationWeek7d + `) > 0.8 <= 0.9`)
	WeekOver90 = named(`max by (target, kind, site) (` + UtilizationWeek7d + `) > 0.9`)
	// FullAtDelivery are lines that will be full before a bigger one can be there.
	FullAtDelivery = named(`max by (target, kind, site) (` + UtilizationAtDelivery + `) > 1`)
	// CertificateEnding and ContractEnding end within 14 and 60 days; the value is in
	// days.
	CertificateEnding = named(`min by (target, kind, site) (wanwatch_tls_certificate_expiry_timestamp_seconds - time()) / 86400 < 14`)
	ContractEnding    = named(`(wanwatch_contract_end_timestamp_seconds - time()) / 86400 < 60`)
	// DeviceDown are devices that do not answer over SNMP while their links work.
	DeviceDown = named(`(wanwatch_target_state{kind="device"} == 3) / 3`)
	// Rebooted are devices that started anew.
	Rebooted = named(`increase(wanwatch_device_reboots_total[10m]) > 0`)
)

// NetworkOpen are targets that must not answer, and do: a closed network has a way
// out.
const NetworkOpen = `(wanwatch_target_state == 3) / 3
  * on (target, kind, site) group_left (name, site_name, provider, role) wanwatch_target_info{expect="unreachable"}`

// Alerting expressions about many targets at once.
const (
	// SiteDown are sites whose links are all down.
	SiteDown = `count by (site) (wanwatch_target_state{kind="link"} == 3)
  == count by (site) (wanwatch_target_state{kind="link"} != 4)`
	// ProviderDown are providers a tenth of whose lines, and three at least, are down:
	// more than single faults explain, even where a provider fails in one region only.
	ProviderDown = `count by (provider) ((wanwatch_target_state == 3) * on (target, kind, site) group_left (provider) wanwatch_target_info{provider!=""}) >= 3
  and count by (provider) ((wanwatch_target_state == 3) * on (target, kind, site) group_left (provider) wanwatch_target_info{provider!=""})
  >= 0.1 * count by (provider) (wanwatch_target_info{provider!=""})`
)

// Alerting expressions about the monitor itself.
const (
	// Blind is the share of the targets about which nothing is known.
	Blind = `count by (job, instance) (wanwatch_target_state == 0) / count by (job, instance) (wanwatch_target_state) > 0.5`
	// Stalled are seconds of five minutes in which pings could not be sent.
	Stalled = `increase(wanwatch_ping_stalled_seconds_total[5m]) > 5`
	// ProbesLate is how late one of a hundred probes of a kind starts, in seconds,
	// where that is more than one.
	ProbesLate = `histogram_quantile(0.99, sum by (job, instance, probe_kind, le) (rate(wanwatch_schedule_lag_seconds_bucket[5m]))) > 1`
	// Dropping are answers of five minutes that the kernel dropped.
	Dropping = `sum by (job, instance) (increase(wanwatch_ping_socket_drops_total[5m])) > 0`
	// ReloadFailed: the inventory that is on disk is not the one in force.
	ReloadFailed = `wanwatch_config_last_reload_successful == 0`
	// HistoryFailing: samples could not be kept.
	HistoryFailing = `increase(wanwatch_store_append_errors_total[5m]) > 0`
	// DiskFilling: less is left than a day's growth of six hours' trend, or 1 GB.
	DiskFilling = `wanwatch_store_free_bytes < 1e9 or predict_linear(wanwatch_store_free_bytes[6h], 86400) < 0`
	// ClockOff: the host's clock is not synchronized, or may be off by more than a
	// second, in which case times in history, logs and certificates mean little.
	ClockOff = `wanwatch_clock_synchronized == 0 or wanwatch_clock_max_error_seconds > 1`
	// ReportFailed are scheduled reports that could not be made or sent.
	ReportFailed = `max by (job, instance, report) (wanwatch_report_failed) == 1`
	// RulesFailing are groups of rules that could not be evaluated.
	RulesFailing = `sum by (job, instance, group) (increase(wanwatch_rule_evaluation_failures_total[10m])) > 0`
	// Heartbeat is always true.
	Heartbeat = `vector(1)`
)

// Suppressed are 1 for each target that is not well, and whose alerts are hidden by a
// greater one: by names that. It goes on being measured.
const Suppressed = `label_replace(max by (target, kind, site) (wanwatch_target_state == 3) / 3 and on (site) (` + SiteDown + `), "by", "SiteDown", "", "")
or label_replace(max by (target, kind, site) ((wanwatch_target_state == 3) / 3
    * on (target, kind, site) group_left (provider) wanwatch_target_info{provider!=""} and on (provider) (` + ProviderDown + `)), "by", "ProviderDown", "", "")
or label_replace(max by (target, kind, site) (wanwatch_target_state == 3) / 3 and on (target, kind, site) (` + Changes + ` > 6), "by", "Flapping", "", "")`
