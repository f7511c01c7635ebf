package grafana

import (
	"strconv"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"

	"wanwatch/dashboards/texts"
	"wanwatch/exporter"
)

// Colours beside those of the states, of Okabe and Ito's palette too.
const (
	blue   = "#0072B2"
	violet = "#CC79A7" // reddish purple
)

func good() string { return texts.Colour(exporter.Up) }
func fair() string { return texts.Colour(exporter.Degraded) }
func bad() string  { return texts.Colour(exporter.Down) }
func grey() string { return texts.Colour(exporter.Unknown) }

// states are in the order of the values of wanwatch_target_state.
func states() []exporter.State {
	return []exporter.State{exporter.Unknown, exporter.Up, exporter.Degraded, exporter.Down, exporter.Maintenance}
}

// word is the sign and the word of a state.
func (b *board) word(s exporter.State) string { return s.Sign() + " " + b.Say(texts.State(s)) }

// stateWords turn the value of wanwatch_target_state into sign, word and colour.
func (b *board) stateWords() dashboard.ValueMapping {
	options := map[string]dashboard.ValueMappingResult{}
	for i, s := range states() {
		options[strconv.Itoa(i)] = dashboard.ValueMappingResult{
			Text: new(b.word(s)), Color: new(texts.Colour(s)), Index: new(int32(i)),
		}
	}
	return mapping(options)
}

// entry is what stands for a value.
type entry struct {
	value  string
	word   texts.Text
	colour string
}

// meanings turn values into words.
func (b *board) meanings(list ...entry) dashboard.ValueMapping {
	options := map[string]dashboard.ValueMappingResult{}
	for i, e := range list {
		r := dashboard.ValueMappingResult{Text: new(b.Say(e.word)), Index: new(int32(i))}
		if e.colour != "" {
			r.Color = new(e.colour)
		}
		options[e.value] = r
	}
	return mapping(options)
}

func mapping(options map[string]dashboard.ValueMappingResult) dashboard.ValueMapping {
	return dashboard.ValueMapping{ValueMap: &dashboard.ValueMap{Type: dashboard.MappingTypeValueToText, Options: options}}
}

// step begins a colour at a value.
type step struct {
	from   float64
	colour string
}

// steps are thresholds: a colour for what is below the first step, then the steps.
func steps(base string, list ...step) cog.Builder[dashboard.ThresholdsConfig] {
	all := []dashboard.Threshold{{Color: base}}
	for _, s := range list {
		all = append(all, dashboard.Threshold{Value: new(s.from), Color: s.colour})
	}
	return dashboard.NewThresholdsConfigBuilder().Mode(dashboard.ThresholdsModeAbsolute).Steps(all)
}

// rising are thresholds of what is better the less it is.
func rising(warn, alarm float64) cog.Builder[dashboard.ThresholdsConfig] {
	return steps(good(), step{warn, fair()}, step{alarm, bad()})
}

// Limits that conferences set: of loss as Poly and Vidyo judge it, of round-trip
// times in seconds as Vidyo does, of jitter in seconds after Microsoft Teams and ITU-T
// Y.1541, of R after ITU-T G.109.
func lossLimits() cog.Builder[dashboard.ThresholdsConfig]   { return rising(0.01, 0.05) }
func rttLimits() cog.Builder[dashboard.ThresholdsConfig]    { return rising(0.1, 0.25) }
func jitterLimits() cog.Builder[dashboard.ThresholdsConfig] { return rising(0.03, 0.05) }
func ratingLimits() cog.Builder[dashboard.ThresholdsConfig] {
	return steps(bad(), step{70, fair()}, step{80, good()})
}

// useLimits are those of planning: watch, propose, urgent.
func useLimits() cog.Builder[dashboard.ThresholdsConfig] {
	return steps(good(), step{0.7, blue}, step{0.8, fair()}, step{0.9, bad()})
}

// noneOrBad is for counts that should be zero.
func noneOrBad() cog.Builder[dashboard.ThresholdsConfig] { return steps(good(), step{1, bad()}) }

func byThresholds() cog.Builder[dashboard.FieldColor] {
	return dashboard.NewFieldColorBuilder().Mode(dashboard.FieldColorModeIdThresholds)
}

func palette() cog.Builder[dashboard.FieldColor] {
	return dashboard.NewFieldColorBuilder().Mode(dashboard.FieldColorModeIdPaletteClassic)
}

// told gives the series of the first queries of a panel colours that everybody tells
// apart: Grafana's own palette is not made for that.
func told(p *timeseries.PanelBuilder, queries int) *timeseries.PanelBuilder {
	for i, colour := range []string{blue, fair(), violet, good()}[:queries] {
		p.OverrideByQuery(refID(i), []dashboard.DynamicConfigValue{{Id: "color", Value: map[string]string{"mode": "fixed", "fixedColor": colour}}})
	}
	return p
}
