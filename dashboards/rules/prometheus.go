package rules

// Prometheus returns a prometheus.yml to start from: it scrapes wanwatch, evaluates
// the rules and hands alerts to an Alertmanager.
func Prometheus() []byte { return []byte(prometheus) }

const prometheus = `# A Prometheus beside wanwatch. Put its address in place of wanwatch:9476.
global:
  scrape_interval: 15s
rule_files: [wanwatch.rules.yml]
scrape_configs:
- job_name: wanwatch
  static_configs: [{targets: ["wanwatch:9476"]}]
alerting:
  alertmanagers:
  - static_configs: [{targets: ["alertmanager:9093"]}]
`
