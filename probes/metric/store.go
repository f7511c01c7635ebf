package metric

// The history that the program keeps itself, and its rules.
var (
	StoreSamples = &Desc{Name: "wanwatch_store_samples_total", Type: Counter, Scope: Process,
		Help: "Samples taken into the history."}
	StoreAppendErrors = &Desc{Name: "wanwatch_store_append_errors_total", Type: Counter, Scope: Process,
		Help: "Times at which samples could not be taken into the history, because of a full disk, say."}
	StoreLastAppend = &Desc{Name: "wanwatch_store_last_append_timestamp_seconds", Type: Gauge, Scope: Process,
		Help: "Unix time of the newest samples in the history."}
	StoreSeries = &Desc{Name: "wanwatch_store_series", Type: Gauge, Scope: Process,
		Help: "Series of the history that got samples in the last hours."}
	StoreSize = &Desc{Name: "wanwatch_store_size_bytes", Type: Gauge, Scope: Process,
		Help: "What the history takes on disk."}
	StoreFree = &Desc{Name: "wanwatch_store_free_bytes", Type: Gauge, Scope: Process,
		Help: "What is left on the disk of the history."}
	RuleEvaluations = &Desc{Name: "wanwatch_rule_evaluations_total", Type: Counter, Scope: Process,
		Help: "Rules evaluated, by their group.", Labels: []string{"group"}}
	RuleFailures = &Desc{Name: "wanwatch_rule_evaluation_failures_total", Type: Counter, Scope: Process,
		Help: "Rules whose evaluation failed, by their group.", Labels: []string{"group"}}
	RuleDuration = &Desc{Name: "wanwatch_rule_group_last_duration_seconds", Type: Gauge, Scope: Process,
		Help: "How long the last evaluation of a group of rules took.", Labels: []string{"group"}}
)
