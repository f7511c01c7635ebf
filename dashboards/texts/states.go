package texts

import "wanwatch/exporter"

// State returns the word for a state.
func State(s exporter.State) Text {
	return map[exporter.State]Text{
		exporter.Up:          {"hoạt động", "up"},
		exporter.Degraded:    {"suy giảm", "degraded"},
		exporter.Down:        {"mất kết nối", "down"},
		exporter.Unknown:     {"chưa xác định", "unknown"},
		exporter.Maintenance: {"bảo trì", "maintenance"},
	}[s]
}

// Colour returns the colour of a state, as #RRGGBB. The colours are those of
// Okabe and Ito's palette, which colour-blind readers tell apart; a sign
// ([exporter.State.Sign]) and the word stand beside them all the same.
func Colour(s exporter.State) string {
	return map[exporter.State]string{
		exporter.Up:          "#009E73", // bluish green
		exporter.Degraded:    "#E69F00", // orange
		exporter.Down:        "#D55E00", // vermilion
		exporter.Unknown:     "#8A8A8A", // grey
		exporter.Maintenance: "#56B4E9", // sky blue
	}[s]
}
