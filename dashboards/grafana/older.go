package grafana

// younger are the keys that the SDK writes with their defaults, and that Grafana 9.4
// does not know. They are left out, so that what stands in the files is known to both;
// newer ones put the same defaults in.
var younger = map[string][]string{
	"stat":           {"wideLayout", "showPercentChange", "percentChangeColorMode"},
	"bargauge":       {"namePlacement", "sizing", "valueMode", "maxVizHeight", "legend"},
	"heatmap":        {"selectionMode"},
	"table":          {"footer", "cellHeight"},
	"state-timeline": {"perPage"},
}

// keepOlder takes out of a decoded dashboard what Grafana 9.4 does not know.
func keepOlder(d map[string]any) {
	templating, _ := d["templating"].(map[string]any)
	for _, v := range objects(templating["list"]) {
		remove(v, "auto", "auto_count", "auto_min", "allowCustomValue")
	}
	for _, link := range objects(d["links"]) {
		remove(link, "placement")
	}
	if annotations, ok := d["annotations"].(map[string]any); ok {
		for _, a := range objects(annotations["list"]) {
			remove(a, "placement")
		}
	}
	for _, p := range objects(d["panels"]) {
		kind, _ := p["type"].(string)
		if options, ok := p["options"].(map[string]any); ok {
			remove(options, younger[kind]...)
			if kind == "heatmap" {
				// 9.4 asks for show, newer ones for mode.
				options["tooltip"] = map[string]any{"show": true, "mode": "single", "yHistogram": false}
			}
		}
	}
}

func objects(list any) []map[string]any {
	all, _ := list.([]any)
	var found []map[string]any
	for _, v := range all {
		if o, ok := v.(map[string]any); ok {
			found = append(found, o)
		}
	}
	return found
}

func remove(o map[string]any, keys ...string) {
	for _, k := range keys {
		delete(o, k)
	}
}
