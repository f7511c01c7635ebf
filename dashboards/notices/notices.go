// Package notices makes what Alertmanager needs to speak to office users: templates
// of notifications in their language, and a configuration to start from.
package notices

import (
	"bytes"
	"fmt"
	"text/template"

	"wanwatch/dashboards/texts"
)

// templates are Go templates that hold Go templates, so the outer ones use other
// delimiters. Times are in the zone of the program.
var templates = template.Must(template.New("templates").Delims("<<", ">>").Parse(`{{ define "wanwatch.title" -}}
[{{ if eq .Status "firing" }}<< .Firing >>{{ else }}<< .Resolved >>{{ end }}] {{ (index .Alerts 0).Annotations.title }}{{ if gt (len .Alerts) 1 }} ({{ len .Alerts }}){{ end }}
{{- end }}
{{ define "wanwatch.text" -}}
{{ range .Alerts }}{{ if eq .Status "firing" }}✕{{ else }}●{{ end }} {{ .Annotations.summary }}
  << .Since >> {{ .StartsAt.Local.Format "15:04:05 02/01/2006" }}{{ if eq .Status "resolved" }} << .Until >> {{ .EndsAt.Local.Format "15:04:05 02/01/2006" }}{{ end }}
{{ if .Annotations.runbook }}  << .Runbook >>: {{ .Annotations.runbook }}
{{ end }}{{ end }}
{{- end }}
{{ define "wanwatch.html" -}}
<html lang="<< .Language >>"><body style="font-family: sans-serif">
{{ range .Alerts }}<p style="border-left: .5em solid {{ if eq .Status "firing" }}<< .Down >>{{ else }}<< .Up >>{{ end }}; padding-left: .7em">
<b>{{ if eq .Status "firing" }}✕ << .Firing >>{{ else }}● << .Resolved >>{{ end }}: {{ .Annotations.title }}</b><br>
{{ .Annotations.summary }}<br>
<small><< .Since >> {{ .StartsAt.Local.Format "15:04:05 02/01/2006" }}{{ if eq .Status "resolved" }} << .Until >> {{ .EndsAt.Local.Format "15:04:05 02/01/2006" }}{{ end }}{{ if .Annotations.runbook }}. << .Runbook >>: {{ .Annotations.runbook }}{{ end }}</small></p>
{{ end }}</body></html>
{{- end }}
`))

// Templates returns the templates wanwatch.title, wanwatch.text and wanwatch.html.
func Templates(l texts.Language) []byte {
	var b bytes.Buffer
	if err := templates.Execute(&b, map[string]string{
		"Language": string(l), "Firing": l.Say(texts.NoticeFiring), "Resolved": l.Say(texts.NoticeResolved),
		"Since": l.Say(texts.NoticeSince), "Until": l.Say(texts.NoticeUntil), "Runbook": l.Say(texts.NoticeRunbook),
		"Down": "#D55E00", "Up": "#009E73",
	}); err != nil {
		panic(fmt.Sprintf("notices: the templates do not fit their texts: %v", err))
	}
	return b.Bytes()
}

// Config returns an alertmanager.yml that tells nobody: alerts are shown, grouped
// and hidden behind each other, until receivers are written into it.
func Config() []byte { return []byte(config) }

const config = `# Where alerts go. This file tells nobody yet: write receivers into it, then
#   wanwatch alert test --alertmanager.config.file alertmanager.yml
# It is an ordinary configuration of Alertmanager.

# wanwatch has the templates wanwatch.title, wanwatch.text and wanwatch.html built in;
# an Alertmanager of its own reads them from files beside this one.
templates: ["*.tmpl"]

route:
  receiver: nobody
  group_by: [alertname]
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 12h
  routes:
  # Always on: route it to a watcher that raises the alarm when it falls silent.
  - matchers: [heartbeat="yes"]
    receiver: nobody
  # One that drops in a meeting is told within five seconds.
  - matchers: [severity="critical", alertname="EndpointInMeetingDown"]
    receiver: nobody
    group_by: [alertname, site]
    group_wait: 100ms
    group_interval: 5s
    repeat_interval: 4h
  # A conference endpoint that drops is told within ten seconds.
  - matchers: [severity="critical", alertname=~"Endpoint.*"]
    receiver: nobody
    group_by: [alertname, site]
    group_wait: 1s
    group_interval: 5s
    repeat_interval: 4h
  - matchers: [severity="critical"]
    receiver: nobody
    group_wait: 2s
    group_interval: 30s
    repeat_interval: 4h

# What hides what. It goes on being measured and is shown as suppressed.
inhibit_rules:
# When all links of a site are down, that is the one thing to know about it.
- source_matchers: [alertname="SiteDown"]
  target_matchers: [alertname!="SiteDown", about!="monitor"]
  equal: [site]
# When a provider fails, its single lines say nothing more.
- source_matchers: [alertname="ProviderDown"]
  target_matchers: [alertname=~"LinkDown|LinkInMeetingDown|UplinkDown|LinkOnBackup"]
  equal: [provider]
# What comes and goes is one alert.
- source_matchers: [alertname="Flapping"]
  target_matchers: [alertname=~"EndpointDown|EndpointInMeetingDown|EndpointInMeetingPoor|EndpointNotRegistered|EndpointDegraded|LinkDown|LinkInMeetingDown|UplinkDown|LinkOnBackup|DeviceDown"]
  equal: [target, kind]
# A room that is down, or that is not registered, is not also degraded.
- source_matchers: [alertname=~"EndpointDown|EndpointInMeetingDown"]
  target_matchers: [alertname="EndpointNotRegistered"]
  equal: [target, kind]
- source_matchers: [alertname="EndpointNotRegistered"]
  target_matchers: [alertname="EndpointDegraded"]
  equal: [target, kind]
- source_matchers: [alertname="EndpointInMeetingDown"]
  target_matchers: [alertname=~"EndpointDown|MeetingNotReady"]
  equal: [target, kind]
# While a meeting is on, its alerts stand for the ordinary ones.
- source_matchers: [alertname="EndpointInMeetingPoor"]
  target_matchers: [alertname="EndpointDegraded"]
  equal: [target, kind]
- source_matchers: [alertname="LinkInMeetingDown"]
  target_matchers: [alertname=~"LinkDown|LinkOnBackup"]
  equal: [target, kind]

receivers:
- name: nobody
# - name: it-staff
#   email_configs:
#   - to: it@example.org
#     from: wanwatch@example.org
#     smarthost: mail.example.org:25
#     headers: {Subject: '{{ template "wanwatch.title" . }}'}
#     text: '{{ template "wanwatch.text" . }}'
#     html: '{{ template "wanwatch.html" . }}'
#   webhook_configs:
#   - url: http://127.0.0.1:8080/alerts
#   telegram_configs:
#   - bot_token_file: /run/secrets/telegram
#     chat_id: 1
#     message: '{{ template "wanwatch.text" . }}'
`
