package metric

// STAMP, per target. The values of the label direction are forward (towards the
// reflector), backward and, of losses, unknown.
var (
	StampSent = &Desc{Name: "wanwatch_stamp_sent_total", Type: Counter, Scope: Probe,
		Help: "Test packets of streams that ended."}
	StampReceived = &Desc{Name: "wanwatch_stamp_received_total", Type: Counter, Scope: Probe,
		Help: "Those of them that were answered before their stream ended."}
	StampLost = &Desc{Name: "wanwatch_stamp_lost_total", Type: Counter, Scope: Probe,
		Help:   "Test packets that were not answered, by direction: forward, backward, or unknown where the reflector does not count its answers. Sent = received + the sum of these.",
		Labels: []string{"direction"}}
	StampDuplicates = &Desc{Name: "wanwatch_stamp_duplicates_total", Type: Counter, Scope: Probe,
		Help: "Further answers to a packet already answered."}
	StampReordered = &Desc{Name: "wanwatch_stamp_reordered_total", Type: Counter, Scope: Probe,
		Help: "Answers that came after one to a later packet (RFC 4737, type-P-reordered)."}
	StampRTT = &Desc{Name: "wanwatch_stamp_rtt_seconds", Type: Histogram, Scope: Probe,
		Help: "Round-trip time without the time that the packet spent in the reflector: (T4-T1)-(T3-T2).", Buckets: rttBuckets, Native: true}
	StampLossBurst = &Desc{Name: "wanwatch_stamp_loss_burst_packets", Type: Histogram, Scope: Probe,
		Help: "Lengths of runs of lost packets within a stream.", Buckets: []float64{1, 2, 3, 5, 10, 20, 50, 100}}
	StampJitter = &Desc{Name: "wanwatch_stamp_jitter_seconds", Type: Gauge, Scope: Probe,
		Help:   "Interarrival jitter at the end of the last stream (RFC 3550, section 6.4.1), by direction: forward, backward. The clocks need not agree.",
		Labels: []string{"direction"}}
	StampVariation = &Desc{Name: "wanwatch_stamp_delay_variation_seconds", Type: Gauge, Scope: Probe,
		Help:   "99th percentile of the delays of the last stream above the least of them (RFC 5481, section 4.2), by direction: forward, backward. The clocks need not agree.",
		Labels: []string{"direction"}}
	StampOneWay = &Desc{Name: "wanwatch_stamp_one_way_delay_seconds", Type: Gauge, Scope: Probe,
		Help:   "Median one-way delay of the last stream, by direction: forward, backward; absent unless both clocks say that they are synchronized.",
		Labels: []string{"direction"}}
	StampDSCP = &Desc{Name: "wanwatch_stamp_dscp", Type: Gauge, Scope: Probe,
		Help:   "DSCP with which most packets of the last stream arrived, by direction: forward (where the reflector tells it) and backward.",
		Labels: []string{"direction"}}
	StampRemarked = &Desc{Name: "wanwatch_stamp_remarked_total", Type: Counter, Scope: Probe,
		Help:   "Packets that arrived with another DSCP than they were sent with, by direction: forward (where the reflector tells it) and backward.",
		Labels: []string{"direction"}}
	StampTTL = &Desc{Name: "wanwatch_stamp_ttl", Type: Gauge, Scope: Probe,
		Help:   "TTL or hop limit with which the last packet arrived, by direction: forward (where the reflector tells it) and backward.",
		Labels: []string{"direction"}}
	StampStateful = &Desc{Name: "wanwatch_stamp_reflector_stateful", Type: Gauge, Scope: Probe,
		Help: "1 if the reflector counts its answers, so that losses have a direction; 0 if it does not; absent until that is known."}
)

// The reflector of this process.
var (
	StampReflected = &Desc{Name: "wanwatch_stamp_reflector_answers_total", Type: Counter, Scope: Process,
		Help: "Test packets that this program's reflector answered."}
	StampRefused = &Desc{Name: "wanwatch_stamp_reflector_refused_total", Type: Counter, Scope: Process,
		Help:   "Packets that it did not: source (not allowed), port (below 1024, or its own), short (less than 41 bytes), dropped (by the kernel, because this host did not read them in time), send (the kernel did not take the answer).",
		Labels: []string{"reason"}}
)
