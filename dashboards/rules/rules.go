// Package rules makes the rules of recording and alerting, as a Prometheus rule
// file: for the embedded store, for Prometheus and for what reads its files.
package rules

import (
	"bytes"
	"fmt"
	"strings"
	"text/template"
	"time"

	"wanwatch/dashboards/query"
	"wanwatch/dashboards/texts"
)

// Severity says how much an alert hurries.
type Severity string

// The severities.
const (
	Critical Severity = "critical" // somebody must act now
	Warning  Severity = "warning"  // somebody must act today
	Info     Severity = "info"     // somebody should know
)

// Runbooks is where the alerts' links to docs/runbooks lead; a path, since a closed
// network reaches no host of the project.
const Runbooks = "docs/runbooks/"

// Group is rules that are evaluated together, in their order.
type Group struct {
	Name     string
	Interval time.Duration
	Records  []Record
	Alerts   []Alert
}

// Record keeps the value of an expression as a series.
type Record struct{ Name, Expr string }

// Alert raises an alert for each series of an expression.
type Alert struct {
	Name     string
	Expr     string
	For      time.Duration // how long the condition must hold
	Keep     time.Duration // for how long the alert stays after the condition has ended
	Severity Severity
	Labels   map[string]string // further ones
}

// Intervals of evaluation: of what must be known within five seconds, and within ten, of what is
// drawn, of what changes within hours, of what changes within days. A query takes a
// sample for the present for five minutes: what is recorded less often has gaps, and
// must be asked for with last_over_time. What adds up time is recorded as often as
// that time passes.
const (
	now    = 500 * time.Millisecond
	urgent = 2 * time.Second
	steady = 30 * time.Second
	trend  = 4 * time.Minute
	slow   = 30 * time.Minute
)

// blink is how long an alert outlives its condition. A program that stands still for a
// moment knows for some seconds of nothing what state it is in: nobody is to be told
// that a room is back, and then that it is gone.
const blink = 10 * time.Second

// Groups returns all rules.
func Groups() []Group {
	return []Group{
		{Name: "wanwatch-meeting", Interval: now, Alerts: []Alert{
			{Name: "EndpointInMeetingDown", Expr: query.EndpointInMeetingDown, Keep: blink, Severity: Critical},
		}},
		{Name: "wanwatch-urgent", Interval: urgent, Alerts: []Alert{
			{Name: "EndpointDown", Expr: query.EndpointDown, Keep: blink, Severity: Critical},
			{Name: "LinkDown", Expr: query.LinkDown, Keep: blink, Severity: Warning},
			{Name: "LinkInMeetingDown", Expr: query.LinkInMeetingDown, Keep: blink, Severity: Critical},
			{Name: "UplinkDown", Expr: query.UplinkDown, Keep: blink, Severity: Warning},
			{Name: "NetworkOpen", Expr: query.NetworkOpen, Severity: Critical},
			{Name: "SiteDown", Expr: query.SiteDown, Keep: blink, Severity: Critical},
			// Its lines are found to be down within some seconds of each other, and it
			// shall name them all.
			{Name: "ProviderDown", Expr: query.ProviderDown, For: 4 * time.Second, Keep: blink, Severity: Critical},
		}},
		{Name: "wanwatch-record", Interval: steady, Records: []Record{
			{query.Loss5m, query.Loss},
			{query.RTTMean5m, query.RTTMean},
			{query.RTTP955m, query.RTTP95},
			{query.Jitter5m, query.Jitter},
			{query.Throughput5m, query.ThroughputDown + "\nor\n" + query.ThroughputUp},
			{query.Errors5m, query.InterfaceErrors},
			{query.Utilization5m, query.Utilization},
		}},
		{Name: "wanwatch-minutes", Interval: 5 * time.Minute, Records: []Record{
			{query.Seconds5m, query.SecondsMinutes},
			{query.ThroughputKept5m, query.ThroughputKept},
			{query.LossKept5m, query.LossKept},
		}},
		{Name: "wanwatch-hours", Interval: time.Hour, Records: []Record{
			{query.Seconds1h, query.SecondsHour},
			{query.BandwidthKept1h, query.BandwidthKept},
		}},
		{Name: "wanwatch-days", Interval: 6 * time.Hour, Records: []Record{
			{query.Worked6h, query.MonthWorked},
			{query.Counted6h, query.MonthCounted},
			{query.UtilizationTrend30d, query.UtilizationTrend},
			{query.BusyHour7d, query.UtilizationBusyHour},
		}},
		{Name: "wanwatch-trend", Interval: trend, Records: []Record{
			{query.UtilizationWeek7d, query.UtilizationWeek},
		}},
		{Name: "wanwatch-hidden", Interval: steady, Records: []Record{
			{query.TargetSuppressed, query.Suppressed},
		}},
		{Name: "wanwatch-quality", Interval: steady, Alerts: []Alert{
			{Name: "MeetingNotReady", Expr: query.MeetingNotReady, Severity: Critical},
			{Name: "EndpointInMeetingPoor", Expr: query.EndpointInMeetingPoor, For: 30 * time.Second, Severity: Critical},
			{Name: "EndpointDegraded", Expr: query.EndpointDegraded, For: time.Minute, Severity: Warning},
			{Name: "EndpointNotRegistered", Expr: query.NotRegistered, For: 20 * time.Second, Severity: Critical},
			{Name: "EquipmentFailed", Expr: query.PartFailed, For: time.Minute, Severity: Warning},
			{Name: "LinkOnBackup", Expr: query.OnBackup, For: time.Minute, Severity: Warning},
			{Name: "Flapping", Expr: query.Flapping, Severity: Warning},
			{Name: "LossOverSLA", Expr: query.LossOverSLA, For: 10 * time.Minute, Severity: Warning},
			{Name: "RTTOverSLA", Expr: query.RTTOverSLA, For: 10 * time.Minute, Severity: Warning},
			{Name: "JitterOverSLA", Expr: query.JitterOverSLA, For: 10 * time.Minute, Severity: Warning},
			{Name: "LineSaturated", Expr: query.Saturated, For: 10 * time.Minute, Severity: Warning},
			{Name: "InterfaceErrors", Expr: query.Errors, For: 10 * time.Minute, Severity: Warning},
			{Name: "DeviceDown", Expr: query.DeviceDown, For: 2 * time.Minute, Keep: blink, Severity: Warning},
			{Name: "DeviceRebooted", Expr: query.Rebooted, Severity: Info},
		}},
		{Name: "wanwatch-planning", Interval: slow, Alerts: []Alert{
			{Name: "LineOver70", Expr: query.WeekOver70, For: 24 * time.Hour, Severity: Info},
			{Name: "LineOver80", Expr: query.WeekOver80, For: 24 * time.Hour, Severity: Warning},
			{Name: "LineOver90", Expr: query.WeekOver90, For: 24 * time.Hour, Severity: Warning},
			{Name: "LineFullAtDelivery", Expr: query.FullAtDelivery, For: 24 * time.Hour, Severity: Warning},
			{Name: "CertificateEnding", Expr: query.CertificateEnding, For: time.Hour, Severity: Warning},
			{Name: "ContractEnding", Expr: query.ContractEnding, For: time.Hour, Severity: Info},
		}},
		monitoring(),
	}
}

// monitoring are the rules about this program itself.
func monitoring() Group {
	return Group{Name: "wanwatch-monitor", Interval: steady, Alerts: []Alert{
		{Name: "MonitorBlind", Expr: query.Blind, For: time.Minute, Severity: Warning, Labels: monitor},
		{Name: "MonitorLate", Expr: query.Stalled, Severity: Warning, Labels: monitor},
		{Name: "ProbesLate", Expr: query.ProbesLate, For: 2 * time.Minute, Severity: Warning, Labels: monitor},
		{Name: "MonitorDropping", Expr: query.Dropping, Severity: Warning, Labels: monitor},
		{Name: "InventoryReloadFailed", Expr: query.ReloadFailed, Severity: Warning, Labels: monitor},
		{Name: "HistoryFailing", Expr: query.HistoryFailing, Severity: Critical, Labels: monitor},
		{Name: "DiskFilling", Expr: query.DiskFilling, For: 10 * time.Minute, Severity: Warning, Labels: monitor},
		{Name: "ClockOff", Expr: query.ClockOff, For: 10 * time.Minute, Severity: Warning, Labels: monitor},
		{Name: "ReportFailed", Expr: query.ReportFailed, For: 10 * time.Minute, Severity: Warning, Labels: monitor},
		{Name: "RulesFailing", Expr: query.RulesFailing, For: 5 * time.Minute, Severity: Warning, Labels: monitor},
		{Name: "Heartbeat", Expr: query.Heartbeat, Severity: Info, Labels: map[string]string{"about": "monitor", "heartbeat": "yes"}},
	}}
}

// monitor marks the alerts that blame the monitor and never the network.
var monitor = map[string]string{"about": "monitor"}

// file is the shape of a rule file. Text is quoted as JSON does it, which YAML
// reads too.
var file = template.Must(template.New("rules").Funcs(template.FuncMap{
	"quote": quote, "indent": indent, "duration": duration,
}).Parse(`# Made by wanwatch; do not edit: it is written anew with each version.
groups:
{{- range .Groups }}
- name: {{ .Name }}
  interval: {{ duration .Interval }}
  rules:
{{- range .Records }}
  - record: {{ .Name }}
    expr: |-
{{ indent .Expr }}
{{- end }}
{{- range .Alerts }}
  - alert: {{ .Name }}
    expr: |-
{{ indent .Expr }}
{{- if .For }}
    for: {{ duration .For }}
{{- end }}
{{- if .Keep }}
    keep_firing_for: {{ duration .Keep }}
{{- end }}
    labels:
      severity: {{ .Severity }}
{{- range $name, $value := .Labels }}
      {{ $name }}: "{{ $value }}"
{{- end }}
{{- with $.Text .Name }}
    annotations:
      title: {{ quote ($.In .Title) }}
      summary: {{ quote ($.In .Summary) }}
      title_vi: {{ quote .Title.VI }}
      title_en: {{ quote .Title.EN }}
      summary_vi: {{ quote .Summary.VI }}
      summary_en: {{ quote .Summary.EN }}
{{- end }}
      runbook: {{ $.Runbooks }}{{ .Name }}.md
{{- end }}
{{- end }}
`))

// page is what the template needs.
type page struct {
	Groups   []Group
	Runbooks string
	language texts.Language
	alerts   map[string]texts.AlertText
}

// Text returns the texts of an alert.
func (p page) Text(alert string) texts.AlertText { return p.alerts[alert] }

// In returns a text in the file's language.
func (p page) In(t texts.Text) string { return t.In(p.language) }

// File returns all rules as a Prometheus rule file. title and summary are in the
// language given, beside both languages by name.
func File(l texts.Language) []byte {
	var b bytes.Buffer
	if err := file.Execute(&b, page{Groups(), Runbooks, l, texts.Alerts()}); err != nil {
		panic(fmt.Sprintf("rules: the template does not fit the rules: %v", err))
	}
	return b.Bytes()
}

func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

func indent(expr string) string { return "      " + strings.ReplaceAll(expr, "\n", "\n      ") }

// duration writes a duration as Prometheus does.
func duration(d time.Duration) string {
	switch {
	case d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d%time.Minute == 0:
		return fmt.Sprintf("%dm", d/time.Minute)
	case d%time.Second == 0:
		return fmt.Sprintf("%ds", d/time.Second)
	default:
		return fmt.Sprintf("%dms", d/time.Millisecond)
	}
}
