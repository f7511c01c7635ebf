package grafana

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"wanwatch/dashboards/texts"
)

var names = regexp.MustCompile(`\b(?:wanwatch_[a-z_0-9]+|target:[a-z_0-9:]+|process_[a-z_]+|go_[a-z_]+|ALERTS)\b`)

// The history that the demo makes up has something for every query about what it
// holds, and no number that is none. Whatever is now as it was for long, such as the
// contracts, only the running program tells.
func TestMadeUpHistoryHasData(t *testing.T) {
	s, at := madeUp(t, 2, 40*24*time.Hour)
	held := map[string]bool{}
	all, err := s.Query(t.Context(), `count by (__name__) (last_over_time({__name__=~".+"}[7h]))`, at)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range all {
		held[one.Labels["__name__"]] = true
	}
	asked := 0
	for _, d := range every(t, texts.VI) {
		d.choose(varSite, everything)
		for _, p := range d.Panels {
			for i, q := range p.Targets {
				a := askAt(t, s, &d, &p, i, at)
				sensible(t, &d, &p, i, a)
				if !heldAll(q.Expr, held) {
					continue
				}
				asked++
				if len(a.drawn) == 0 {
					t.Errorf("%s: %q: query %s gives nothing: %s", d.UID, p.Title, q.RefID, q.Expr)
				}
			}
		}
	}
	if asked < 30 {
		t.Errorf("only %d queries are about what the history holds", asked)
	}
}

// heldAll reports whether a query is about series that are there, and not about what
// is wrong at the moment.
func heldAll(expr string, held map[string]bool) bool {
	for _, name := range names.FindAllString(expr, -1) {
		if !held[name] {
			return false
		}
	}
	return !strings.Contains(expr, "> 1 < 4")
}
