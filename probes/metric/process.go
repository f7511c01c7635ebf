package metric

// The program itself.
var (
	BuildInfo = &Desc{Name: "wanwatch_build_info", Type: Gauge, Scope: Process,
		Help: "Always 1; the program's version.", Labels: []string{"version", "revision", "goversion"}}
	AgentInfo = &Desc{Name: "wanwatch_agent_info", Type: Gauge, Scope: Process,
		Help: "Always 1; which agent of the inventory this program is.", Labels: []string{"agent", "site"}}
	ReloadSuccessful = &Desc{Name: "wanwatch_config_last_reload_successful", Type: Gauge, Scope: Process,
		Help: "1 if the last load of the inventory succeeded as a whole, 0 if not."}
	ReloadSuccessTime = &Desc{Name: "wanwatch_config_last_reload_success_timestamp_seconds", Type: Gauge, Scope: Process,
		Help: "Unix time of the last successful load of the inventory."}
	Targets = &Desc{Name: "wanwatch_targets", Type: Gauge, Scope: Process,
		Help: "Targets of the inventory that this agent probes.", Labels: []string{"kind"}}
	Jobs = &Desc{Name: "wanwatch_jobs", Type: Gauge, Scope: Process,
		Help: "Probes that this agent runs, by kind of probe.", Labels: []string{"probe_kind"}}
	ScheduleLag = &Desc{Name: "wanwatch_schedule_lag_seconds", Type: Histogram, Scope: Process,
		Help: "How much later than planned requests were started, by kind of probe.", Labels: []string{"probe_kind"},
		Buckets: []float64{0.001, 0.01, 0.1, 0.5, 1, 5, 15}}
	Skipped = &Desc{Name: "wanwatch_schedule_skipped_total", Type: Counter, Scope: Process,
		Help: "Probes not started at their time because the one before had not ended or the program was stopped, by kind of probe.", Labels: []string{"probe_kind"}}
	ClockSynchronized = &Desc{Name: "wanwatch_clock_synchronized", Type: Gauge, Scope: Process,
		Help: "1 if the kernel takes the host's clock for synchronized, 0 if not (adjtimex(2)); Linux only."}
	ClockMaxError = &Desc{Name: "wanwatch_clock_max_error_seconds", Type: Gauge, Scope: Process,
		Help: "By how much the host's clock may be off, as the kernel reckons (maxerror of adjtimex(2)); Linux only."}
	ScrapeDuration = &Desc{Name: "wanwatch_exporter_scrape_seconds", Type: Histogram, Scope: Process,
		Help: "How long answers to /metrics took.", Buckets: []float64{0.01, 0.05, 0.1, 0.3, 1, 3}}
)
