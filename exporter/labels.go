package exporter

import (
	"strings"

	"google.golang.org/protobuf/encoding/protowire"

	"wanwatch/probes/metric"
)

// labelSet is the labels that all series of a block share, written out for
// each format: once, because ten thousand targets have hundreds of thousands
// of lines.
type labelSet struct {
	text  string // name="value",name="value"
	proto string // encoded Metric.label fields
}

func newLabelSet(scope metric.Scope, values ...string) *labelSet {
	names := scope.Labels()
	return &labelSet{text: textLabels(names, values), proto: protoLabels(names, values)}
}

func textLabels(names, values []string) string {
	b := make([]byte, 0, 256) // on the stack, unless the texts are long
	for i, name := range names {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, name...)
		b = append(b, `="`...)
		b = append(b, escapeValue(valid(values[i]))...)
		b = append(b, '"')
	}
	return string(b)
}

func protoLabels(names, values []string) string {
	b := make([]byte, 0, 256)
	for i, name := range names {
		value := valid(values[i])
		size := protowire.SizeTag(1) + protowire.SizeBytes(len(name)) + protowire.SizeTag(2) + protowire.SizeBytes(len(value))
		b = protowire.AppendTag(b, metricLabel, protowire.BytesType)
		b = protowire.AppendVarint(b, uint64(size))
		b = protowire.AppendTag(b, labelName, protowire.BytesType)
		b = protowire.AppendString(b, name)
		b = protowire.AppendTag(b, labelValue, protowire.BytesType)
		b = protowire.AppendString(b, value)
	}
	return string(b)
}

// valid replaces what is no UTF-8: a single such byte, from a device's
// description, would make Prometheus refuse the whole scrape.
func valid(value string) string { return strings.ToValidUTF8(value, "\uFFFD") }

// escapeHelp escapes as the text format asks in HELP lines.
func escapeHelp(s string) string {
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`).Replace(s)
}

// escapeValue escapes as both text formats ask in label values, and as
// OpenMetrics asks in HELP lines.
func escapeValue(s string) string {
	if !strings.ContainsAny(s, "\\\n\"") {
		return s
	}
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`).Replace(s)
}
