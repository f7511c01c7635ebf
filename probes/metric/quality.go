package metric

// Quality of calls: an estimate for the network alone, each 60 pings or each stream.
var (
	QualityR = &Desc{Name: "wanwatch_quality_r_factor", Type: Gauge, Scope: Probe,
		Help: "Estimated audio R-factor (network only, narrowband) by the E-model (ITU-T G.107), from delay, losses, their burst ratio and late packets; the worse direction where both are known. Not a figure for video."}
	QualityMOS = &Desc{Name: "wanwatch_quality_mos", Type: Gauge, Scope: Probe,
		Help: "Estimated audio MOS (network only, narrowband) that goes with the R-factor (ITU-T G.107, annex B), from 1 to 4.5."}
	QualityLate = &Desc{Name: "wanwatch_quality_late_ratio", Type: Gauge, Scope: Probe,
		Help: "Share of packets that came too late for the profile's de-jitter buffer, from 0 to 1; they count as lost in the R-factor."}
	QualityBurst = &Desc{Name: "wanwatch_quality_burst_ratio", Type: Gauge, Scope: Probe,
		Help: "Mean length of runs of lost or late packets in relation to that of random losses (ITU-T G.107, section 7.3): 1 is random."}
	QualityVerdict = &Desc{Name: "wanwatch_quality_verdict", Type: Gauge, Scope: Probe,
		Help: "How good a use would be, by class of the quality profile (audio, mcu, video-720p, video-1080p): 0 good, 1 fair, 2 poor.", Labels: []string{"class"}}
)
