package metric

// The way to a target.
var (
	TraceHops = &Desc{Name: "wanwatch_trace_hops", Type: Gauge, Scope: Probe,
		Help: "Hops to the target, itself among them, or to the last router that answered."}
	TraceHopRTT = &Desc{Name: "wanwatch_trace_hop_rtt_seconds", Type: Gauge, Scope: Probe,
		Help:   "Shortest round-trip time to each hop of the last trace, by its distance, the address that answered and its network, where a table names it.",
		Labels: []string{"hop", "router", "network"}}
	TraceChanges = &Desc{Name: "wanwatch_trace_path_changes_total", Type: Counter, Scope: Probe,
		Help: "Traces that found another way than the one before; who is silent, and ways among which packets are spread, make none."}
	TracePathMTU = &Desc{Name: "wanwatch_trace_path_mtu_bytes", Type: Gauge, Scope: Probe,
		Help: "Largest IP packet that the way takes whole, 1500 at most."}
)
