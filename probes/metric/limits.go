package metric

// The inventory's limits and dates, as samples, so that everything reads one thing.
var (
	LinkBandwidth = &Desc{Name: "wanwatch_link_bandwidth_bytes_per_second", Type: Gauge, Scope: Target,
		Help: "Contracted bandwidth of a link or an uplink, in bytes as the counters of interfaces are; down is towards its site.", Labels: []string{"direction"}}
	ContractInfo = &Desc{Name: "wanwatch_contract_info", Info: true, Type: Gauge, Scope: Target,
		Help: "Always 1; the contract in force, or the last one if it ran out and no other has begun.", Labels: []string{"provider", "number"}}
	ContractEnd = &Desc{Name: "wanwatch_contract_end_timestamp_seconds", Type: Gauge, Scope: Target,
		Help: "Unix time at which the contract in force ends, or ended if no other has begun."}
	ContractCost = &Desc{Name: "wanwatch_contract_monthly_cost", Type: Gauge, Scope: Target,
		Help: "Cost a month of the contract in force, in the currency named.", Labels: []string{"currency"}}
	ContractLeadTime = &Desc{Name: "wanwatch_contract_lead_time_seconds", Type: Gauge, Scope: Target,
		Help: "Time from an order to its delivery."}
	SLAAvailability = &Desc{Name: "wanwatch_contract_sla_availability_ratio", Type: Gauge, Scope: Target,
		Help: "Promised share of time up, from 0 to 1."}
	SLARTT = &Desc{Name: "wanwatch_contract_sla_rtt_seconds", Type: Gauge, Scope: Target,
		Help: "Promised largest mean round-trip time."}
	SLAJitter = &Desc{Name: "wanwatch_contract_sla_jitter_seconds", Type: Gauge, Scope: Target,
		Help: "Promised largest jitter."}
	SLALoss = &Desc{Name: "wanwatch_contract_sla_loss_ratio", Type: Gauge, Scope: Target,
		Help: "Promised largest share of packets lost, from 0 to 1."}
	SLARepair = &Desc{Name: "wanwatch_contract_sla_repair_seconds", Type: Gauge, Scope: Target,
		Help: "Promised longest time to restore."}
	EndpointCallBandwidth = &Desc{Name: "wanwatch_endpoint_call_bandwidth_bytes_per_second", Type: Gauge, Scope: Target,
		Help: "What one call of the endpoint takes, each way, in bytes."}
	DevicePurchased = &Desc{Name: "wanwatch_device_purchased_timestamp_seconds", Type: Gauge, Scope: Target,
		Help: "Unix time of the purchase."}
	DeviceEndOfSupport = &Desc{Name: "wanwatch_device_end_of_support_timestamp_seconds", Type: Gauge, Scope: Target,
		Help: "Unix time at which the maker's support ends."}
	MeetingActive = &Desc{Name: "wanwatch_target_meeting_active", Type: Gauge, Scope: Target,
		Help: "1 while a meeting of the endpoint is on."}
	MeetingNext = &Desc{Name: "wanwatch_target_meeting_next_timestamp_seconds", Type: Gauge, Scope: Target,
		Help: "Unix time at which the endpoint's next meeting starts; absent if none is planned."}
)
