package exporter

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"wanwatch/inventory"
	"wanwatch/probes"
)

// Bounds of /probe: whoever can read the metrics could otherwise make the
// program flood a target.
const (
	probesPerSecond = 1
	probeBurst      = 5
	maxProbes       = 4 // at once
	probeTimeout    = 45 * time.Second
)

// maxID is the length from which on a parameter is no id.
const maxID = 200

// probeHandler runs the probes of one target now and explains each step.
type probeHandler struct {
	WebOptions
	limiter *rate.Limiter
	slots   chan struct{}
}

func newProbeHandler(o WebOptions) *probeHandler {
	return &probeHandler{o, rate.NewLimiter(probesPerSecond, probeBurst), make(chan struct{}, maxProbes)}
}

func (h *probeHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	asJSON, err := wantsJSON(r)
	if err != nil {
		say(w, http.StatusBadRequest, err.Error())
		return
	}
	id := r.URL.Query().Get("target")
	if id == "" || len(id) > maxID {
		say(w, http.StatusBadRequest, "write the id of a target of the inventory: /probe?target=ID")
		return
	}
	// Before it is admitted: a slip of the pen sends nothing, and costs no turn.
	if known, near := h.Exporter.lookUp(id); !known {
		say(w, http.StatusNotFound, fmt.Sprintf("the inventory has no target %q%s", id, near))
		return
	}
	if wait, ok := h.admit(); !ok {
		w.Header().Set("Retry-After", strconv.Itoa(wait))
		say(w, http.StatusTooManyRequests, fmt.Sprintf("too many requests: try again in %d s; the regular probes go on meanwhile", wait))
		return
	}
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	default:
		w.Header().Set("Retry-After", "5")
		say(w, http.StatusTooManyRequests, fmt.Sprintf("%d probes run already: try again in a few seconds", maxProbes))
		return
	}
	h.run(w, r, id, asJSON)
}

// run runs the probes of a target and answers with what came of them.
func (h *probeHandler) run(w http.ResponseWriter, r *http.Request, id string, asJSON bool) {
	ctx, cancel := context.WithTimeout(r.Context(), probeTimeout)
	defer cancel()
	reports, err := h.Check(ctx, id)
	switch {
	case err != nil:
		say(w, http.StatusInternalServerError, fmt.Sprintf("the probes of %q could not be run: %v", id, err))
	case len(reports) == 0:
		say(w, http.StatusNotFound, fmt.Sprintf("nothing to check: the target %q has no probe that this version, or this agent, runs", id))
	default:
		h.answer(w, reports, asJSON)
	}
}

// admit takes a request, or tells how many seconds it should wait.
func (h *probeHandler) admit() (wait int, ok bool) {
	reservation := h.limiter.Reserve()
	if delay := reservation.Delay(); delay > 0 {
		reservation.Cancel()
		return int(math.Ceil(delay.Seconds())), false
	}
	return 0, true
}

func (h *probeHandler) answer(w http.ResponseWriter, reports []probes.Report, asJSON bool) {
	var err error
	w.Header().Set("Cache-Control", "no-store")
	if asJSON {
		var body []byte
		if body, err = json.MarshalIndent(reports, "", "  "); err == nil {
			w.Header().Set("Content-Type", "application/json")
			_, err = w.Write(append(body, '\n'))
		}
	} else {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		for _, r := range reports {
			err = errors.Join(err, r.WriteSteps(w))
		}
	}
	if err != nil {
		h.Logger.Debug("an answer to /probe was not read to its end", "error", err)
	}
}

// wantsJSON reads the parameter format, and if there is none the header Accept.
func wantsJSON(r *http.Request) (bool, error) {
	switch format := r.URL.Query().Get("format"); format {
	case "json":
		return true, nil
	case "text":
		return false, nil
	case "":
		accept := r.Header.Get("Accept")
		return strings.Contains(accept, "application/json") && !strings.Contains(accept, "text/"), nil
	default:
		return false, fmt.Errorf("there is no format %q: write format=text or format=json", format)
	}
}

// lookUp reports whether a target is there, or else names a near miss.
func (e *Exporter) lookUp(id string) (known bool, didYouMean string) {
	s := e.set.Load()
	if s == nil {
		return false, ""
	}
	ids := make([]string, 0, len(s.targets))
	for _, t := range s.targets {
		if t.key.id == id {
			return true, ""
		}
		ids = append(ids, t.key.id)
	}
	slices.Sort(ids)
	return false, inventory.DidYouMean(id, ids)
}
