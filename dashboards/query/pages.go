package query

import "strings"

// State is the state of every target: 0 unknown, 1 up, 2 degraded, 3 down, 4
// maintenance.
const State = `max by (target, kind) (wanwatch_target_state)`

// Of narrows a series, with or without matchers in braces, to one target.
func Of(series, kind, target string) string {
	matchers := `kind="` + escape(kind) + `",target="` + escape(target) + `"`
	if name, more, ok := strings.Cut(series, "{"); ok {
		return name + "{" + matchers + "," + more
	}
	return series + "{" + matchers + "}"
}

func escape(value string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(value)
}
