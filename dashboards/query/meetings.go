package query

// Of meetings: what a check looks back at, and what a record adds up.
const (
	// LineFree is the bandwidth of a line that nobody uses, in bytes a second, in the
	// worse direction, by target.
	LineFree = `min by (target) (wanwatch_link_bandwidth_bytes_per_second - on (target, kind, site, direction) group_left () max by (target, kind, site, direction) (` + Throughput5m + `))`
	// LineFreeUsually is what is left of it for 95 % of the week.
	LineFreeUsually = `min by (target) (wanwatch_link_bandwidth_bytes_per_second * on (target, kind, site, direction) group_left () (1 - max by (target, kind, site, direction) (` + UtilizationWeek7d + `)))`
	// PoorVideo is 1 where the quality of video is poor, else 0, by target: of several
	// probes the best counts, since one of them may be marked in another way than calls.
	PoorVideo = `min by (target) (wanwatch_quality_verdict{class="video-720p"} == bool 2)`
	// PoorLately is the share of the last half hour in which it was.
	PoorLately = `avg_over_time((` + PoorVideo + `)[30m:1m])`
	// EndpointState is the state of every endpoint, by target: that of the agent that
	// sees it best.
	EndpointState = `min by (target) (wanwatch_target_state{kind="endpoint"} > 0)`
)
