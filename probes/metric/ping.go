package metric

// rttBuckets are edges, in seconds, at the limits of the quality tables of
// conference equipment (round trips of 60, 100, 150, 200, 250, 300, 450, 500
// and 800 ms) and below them in steps that suit local and city networks.
var rttBuckets = []float64{0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.04, 0.06, 0.1, 0.15, 0.2, 0.25, 0.3, 0.45, 0.5, 0.8, 1, 2}

// Ping, per target. A packet is counted once it was answered or timed out:
// sent = received + lost, at every moment.
var (
	PingSent = &Desc{Name: "wanwatch_ping_sent_total", Type: Counter, Scope: Probe,
		Help: "Echo requests that were answered in time or timed out."}
	PingReceived = &Desc{Name: "wanwatch_ping_received_total", Type: Counter, Scope: Probe,
		Help: "Echo requests that were answered in time."}
	PingLost = &Desc{Name: "wanwatch_ping_lost_total", Type: Counter, Scope: Probe,
		Help: "Echo requests that were not answered in time."}
	PingLate = &Desc{Name: "wanwatch_ping_late_total", Type: Counter, Scope: Probe,
		Help: "Answers that came after the time-out; their requests count as lost."}
	PingDuplicates = &Desc{Name: "wanwatch_ping_duplicates_total", Type: Counter, Scope: Probe,
		Help: "Further answers to a request already answered."}
	PingCorrupt = &Desc{Name: "wanwatch_ping_corrupt_total", Type: Counter, Scope: Probe,
		Help: "Answers whose content was not what was sent."}
	PingUnreachable = &Desc{Name: "wanwatch_ping_unreachable_total", Type: Counter, Scope: Probe,
		Help:   "ICMP errors received for requests, by code: net, host, prohibited, ttl, too_big, other.",
		Labels: []string{"code"}}
	PingRTT = &Desc{Name: "wanwatch_ping_rtt_seconds", Type: Histogram, Scope: Probe,
		Help: "Round-trip time of answers that came in time.", Buckets: rttBuckets, Native: true}
	PingJitter = &Desc{Name: "wanwatch_ping_jitter_seconds", Type: Gauge, Scope: Probe,
		Help: "Interarrival jitter of the round-trip times (RFC 3550, section 6.4.1)."}
	PingLossBurst = &Desc{Name: "wanwatch_ping_loss_burst_packets", Type: Histogram, Scope: Probe,
		Help: "Lengths of runs of lost packets, observed when a run ends.", Buckets: []float64{1, 2, 3, 5, 10, 20, 50, 100}}
	PingReplyTTL = &Desc{Name: "wanwatch_ping_reply_ttl", Type: Gauge, Scope: Probe,
		Help: "TTL or hop limit of the last answer."}
)

// Ping, per process: the tool's own trouble.
var (
	PingSendLag = &Desc{Name: "wanwatch_ping_send_lag_seconds", Type: Histogram, Scope: Process,
		Help: "How much later than planned echo requests were sent.", Buckets: []float64{0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1}}
	PingSendErrors = &Desc{Name: "wanwatch_ping_send_errors_total", Type: Counter, Scope: Process,
		Help: "Echo requests that the kernel did not take; they count for no target."}
	PingSocketDrops = &Desc{Name: "wanwatch_ping_socket_drops_total", Type: Counter, Scope: Process,
		Help: "Answers that the kernel dropped because the receive buffer was full.", Labels: []string{"family"}}
	PingStalled = &Desc{Name: "wanwatch_ping_stalled_seconds_total", Type: Counter, Scope: Process,
		Help: "Seconds in which the program was stopped or starved and could not send in time."}
	PingForeign = &Desc{Name: "wanwatch_ping_foreign_total", Type: Counter, Scope: Process,
		Help: "ICMP messages received that answer nothing that was sent: another program's or forged."}
	PingReceiveDelay = &Desc{Name: "wanwatch_ping_receive_queue_seconds", Type: Histogram, Scope: Process,
		Help: "How long answers waited in the kernel before they were read; the round-trip time is free of it.", Buckets: []float64{0.0001, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 1}}
)
