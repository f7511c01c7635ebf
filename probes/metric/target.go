package metric

// What the program concludes about a target, and what each probe of it found.
var (
	TargetInfo = &Desc{Name: "wanwatch_target_info", Info: true, Type: Gauge, Scope: Target,
		Help:   "Always 1; the texts of the inventory that may change, as labels; provider is an id, as in the contract's metrics.",
		Labels: []string{"name", "site_name", "provider", "role", "expect"}}
	TargetUp = &Desc{Name: "wanwatch_target_up", Type: Gauge, Scope: Target,
		Help: "1 if the target works, degraded or not; 0 if it is down or was never known; keeps its value while the state is unknown, so that no alert fires because the monitor is blind."}
	TargetState = &Desc{Name: "wanwatch_target_state", Type: Gauge, Scope: Target,
		Help: "State of the target as a number: 0 unknown, 1 up, 2 degraded, 3 down, 4 maintenance."}
	TargetChanges = &Desc{Name: "wanwatch_target_state_changes_total", Type: Counter, Scope: Target,
		Help: "Changes between up, degraded and down. A time of unknown in between is no change if the state is the same before and after; what changes during maintenance is not counted."}
	TargetSeconds = &Desc{Name: "wanwatch_target_seconds_total", Type: Counter, Scope: Target,
		Help:   "Seconds spent in each state: up, degraded, down, unknown, maintenance.",
		Labels: []string{"state"}}
	TargetMaintenance = &Desc{Name: "wanwatch_target_maintenance", Type: Gauge, Scope: Target,
		Help: "1 while a maintenance period of the target is on; wanwatch_target_up goes on telling what is measured."}

	ProbeSuccess = &Desc{Name: "wanwatch_probe_success", Type: Gauge, Scope: Probe,
		Help: "1 if the last probe succeeded, 0 if not or if none has ended yet; it tells what was measured, also of a target that should not answer."}
	ProbeDuration = &Desc{Name: "wanwatch_probe_duration_seconds", Type: Gauge, Scope: Probe,
		Help: "How long the last probe took: for ping the round-trip time."}
	ProbeAttempts = &Desc{Name: "wanwatch_probe_attempts_total", Type: Counter, Scope: Probe,
		Help: "Probes that ended, with success or without."}
	ProbeFailures = &Desc{Name: "wanwatch_probe_failures_total", Type: Counter, Scope: Probe,
		Help:   "Probes that ended without success, by reason.",
		Labels: []string{"reason"}}
)
