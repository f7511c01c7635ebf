package grafana

import (
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"

	expr "wanwatch/dashboards/query"
	"wanwatch/dashboards/texts"
)

// Names of the variables, as the expressions of panels use them.
const (
	varSource   = "datasource"
	varProvider = "provider"
	varSite     = "site"
	varKind     = "kind"
	varTarget   = "target"
)

// everything is what "all" stands for: it also fits a label that is not there.
const everything = ".*"

// choices adds the variables: kinds is what can be chosen from, all of them at first.
// One kind alone leaves no choice and is not shown.
func (b *board) choices(kinds ...string) {
	b.variables = append(b.variables, b.sourceVariable(),
		b.several(varProvider, texts.VarProvider, expr.ChooseProvider, ""),
		b.several(varSite, texts.VarSite, expr.ChooseSite, named("site", "site_name")),
		b.kindVariable(kinds),
		b.several(varTarget, texts.VarTarget, expr.ChooseTarget, named("target", "name")))
}

// choicesOfSite adds the variables where exactly one site is chosen.
func (b *board) choicesOfSite() {
	one := dashboard.NewQueryVariableBuilder(varSite).Label(b.Say(texts.VarSite)).
		Query(dashboard.StringOrMap{String: new(expr.ChooseSite)}).Regex(named("site", "site_name")).
		Datasource(source()).Refresh(dashboard.VariableRefreshOnDashboardLoad).
		Sort(dashboard.VariableSortAlphabeticalCaseInsensitiveAsc)
	b.variables = append(b.variables, b.sourceVariable(), one)
	for _, name := range []string{varProvider, varKind, varTarget} {
		b.variables = append(b.variables, hidden(name, everything))
	}
}

// named picks the value and the text out of the labels of a series. The order in
// which they stand is that of the alphabet.
func named(value, text string) string {
	pick := map[string]string{value: "value", text: "text"}
	first, second := min(value, text), max(value, text)
	return `/[{ ,]` + first + `="(?<` + pick[first] + `>[^"]+)".*[ ,]` + second + `="(?<` + pick[second] + `>[^"]+)"/`
}

func (b *board) sourceVariable() cog.Builder[dashboard.VariableModel] {
	return dashboard.NewDatasourceVariableBuilder(varSource).Label(b.Say(texts.VarSource)).Type("prometheus")
}

func (b *board) several(name string, label texts.Text, query, regex string) cog.Builder[dashboard.VariableModel] {
	v := dashboard.NewQueryVariableBuilder(name).Label(b.Say(label)).
		Query(dashboard.StringOrMap{String: &query}).Datasource(source()).
		Refresh(dashboard.VariableRefreshOnTimeRangeChanged).
		Sort(dashboard.VariableSortAlphabeticalCaseInsensitiveAsc).
		Multi(true).IncludeAll(true).AllValue(everything).Current(all())
	if regex != "" {
		v.Regex(regex)
	}
	return v
}

// all is the choice of everything, as Grafana writes it.
func all() dashboard.VariableOption {
	return dashboard.VariableOption{
		Selected: new(true),
		Text:     dashboard.StringOrArrayOfString{ArrayOfString: []string{"All"}},
		Value:    dashboard.StringOrArrayOfString{ArrayOfString: []string{"$__all"}},
	}
}

func (b *board) kindVariable(kinds []string) cog.Builder[dashboard.VariableModel] {
	if len(kinds) == 1 {
		return hidden(varKind, kinds[0])
	}
	options := make([]string, len(kinds))
	for i, kind := range kinds {
		options[i] = b.Say(texts.Kind(kind)) + " : " + kind
	}
	return dashboard.NewCustomVariableBuilder(varKind).Label(b.Say(texts.VarKind)).
		Values(dashboard.StringOrMap{String: new(strings.Join(options, ","))}).
		Multi(true).IncludeAll(true).AllValue(strings.Join(kinds, "|")).Current(all())
}

// hidden is a variable with one value, so that all dashboards have all variables.
func hidden(name, value string) cog.Builder[dashboard.VariableModel] {
	one := dashboard.VariableOption{
		Selected: new(true),
		Text:     dashboard.StringOrArrayOfString{String: &value},
		Value:    dashboard.StringOrArrayOfString{String: &value},
	}
	return dashboard.NewCustomVariableBuilder(name).Hide(dashboard.VariableHideHideVariable).
		Values(dashboard.StringOrMap{String: &value}).Options([]dashboard.VariableOption{one}).Current(one)
}

// meetings marks meetings in all panels of a dashboard.
func (b *board) meetings() {
	b.annotations = append(b.annotations, dashboard.NewAnnotationQueryBuilder().
		Name(b.Say(texts.AnnotMeetings)).Datasource(source()).Enable(true).IconColor(violet).
		Expr(expr.PanelMeetingOn).
		Target(prometheus.NewDataqueryBuilder().Expr(expr.PanelMeetingOn).RefId("Anno").Range().LegendFormat("{{name}}").Interval("1m")))
}
