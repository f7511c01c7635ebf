package metric

// The reports that are made on a schedule.
var (
	ReportFailed = &Desc{Name: "wanwatch_report_failed", Type: Gauge, Scope: Process,
		Help:   "1 while a scheduled report could not be made or sent, and is tried again; else 0.",
		Labels: []string{"report"}}
	ReportSuccessTime = &Desc{Name: "wanwatch_report_last_success_timestamp_seconds", Type: Gauge, Scope: Process,
		Help:   "Unix time at which a scheduled report was last made and sent.",
		Labels: []string{"report"}}
)
