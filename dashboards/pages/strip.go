package pages

import (
	"time"

	"wanwatch/dashboards/texts"
	"wanwatch/exporter"
)

// span is a time in one state, in minutes from the strip's start.
type span struct {
	From, Width int
	Colour      string
	Tall        int // what is wrong is taller, for those who see no colours
	Top         int
}

// stripHeight is that of what is down.
const stripHeight = 10

// stateOf is the state of a value of wanwatch_target_state.
func stateOf(v float64) exporter.State {
	all := [...]exporter.State{exporter.Unknown, exporter.Up, exporter.Degraded, exporter.Down, exporter.Maintenance}
	if i := int(v); i >= 0 && i < len(all) {
		return all[i]
	}
	return exporter.Unknown
}

func tallness(s exporter.State) int {
	switch s {
	case exporter.Down:
		return stripHeight
	case exporter.Degraded:
		return 7
	default:
		return 4
	}
}

// strip joins the minutes of equal state; a minute without a value is empty.
func strip(points []Point, from time.Time) []span {
	var list []span
	for _, p := range points {
		at, state := int(p.Time.Sub(from)/stripStep), stateOf(p.Value)
		if n := len(list); n > 0 && list[n-1].Colour == texts.Colour(state) && list[n-1].From+list[n-1].Width == at {
			list[n-1].Width++
			continue
		}
		tall := tallness(state)
		list = append(list, span{From: at, Width: 1, Colour: texts.Colour(state), Tall: tall, Top: stripHeight - tall})
	}
	return list
}
