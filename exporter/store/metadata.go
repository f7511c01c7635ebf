package store

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	dto "github.com/prometheus/client_model/go"

	"wanwatch/probes/metric"
)

// description is what the API tells of a metric.
type description struct {
	Type string `json:"type"`
	Help string `json:"help"`
	Unit string `json:"unit"`
}

// metadata answers as Prometheus' metadata does, which knows only what it scraped.
// metric asks for one metric, limit for at most so many.
func (s *Store) metadata(w http.ResponseWriter, r *http.Request) {
	all := s.descriptions()
	if name := r.FormValue("metric"); name != "" {
		one, ok := all[name]
		all = map[string][]description{}
		if ok {
			all[name] = one
		}
	}
	if limit, err := strconv.Atoi(r.FormValue("limit")); err == nil && limit >= 0 {
		for name := range all {
			if len(all) <= limit {
				break
			}
			delete(all, name)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	answer, err := json.Marshal(struct {
		Status string                   `json:"status"`
		Data   map[string][]description `json:"data"`
	}{"success", all})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	// A client that went away needs no answer.
	_, _ = w.Write(answer)
}

func (s *Store) descriptions() map[string][]description {
	all := map[string][]description{}
	// What cannot be gathered is missing here, and in the log of the feeder.
	families, _ := s.opts.Source.Gatherer().Gather()
	for _, f := range families {
		kind := strings.ToLower(dto.MetricType_name[int32(f.GetType())])
		all[f.GetName()] = []description{{Type: kind, Help: f.GetHelp()}}
	}
	kinds := [...]string{metric.Counter: "counter", metric.Gauge: "gauge", metric.Histogram: "histogram"}
	for _, d := range metric.All() {
		all[d.Name] = []description{{Type: kinds[d.Type], Help: d.Help}}
	}
	return all
}
