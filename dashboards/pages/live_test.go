package pages

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"wanwatch/exporter"
)

// A page is told of what changes, of nothing else, and no more when the program ends.
func TestLive(t *testing.T) {
	o := options(nil)
	states := o.States()
	var state atomic.Int32
	o.States = func() []exporter.TargetState {
		states := append([]exporter.TargetState(nil), states...)
		states[0].State = exporter.State(state.Load())
		return states
	}
	ending := make(chan struct{})
	o.Ending = ending
	s := httptest.NewServer(newPages(o, time.Millisecond))
	defer s.Close()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/live", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if got := answer.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Errorf("Content-Type %q", got)
	}
	lines := bufio.NewScanner(answer.Body)
	if !lines.Scan() || !strings.HasPrefix(lines.Text(), ":") {
		t.Errorf("it begins with %q", lines.Text())
	}
	for n := range 3 {
		state.Store(int32(exporter.Up) - int32(n%2)) // it was down
		told := 0
		for lines.Scan() && told == 0 {
			if lines.Text() == "data: changed" {
				told++
			}
		}
		if told != 1 {
			t.Fatalf("change %d was not told", n)
		}
	}
	close(ending)
	for lines.Scan() {
		if lines.Text() != "" {
			t.Errorf("told after that: %q", lines.Text())
		}
	}
}

// There is room for some pages, not for any number.
func TestTooManyFollow(t *testing.T) {
	p := &pages{Options: options(nil), followers: make(chan struct{}), every: time.Hour}
	w := httptest.NewRecorder()
	p.live(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/live", http.NoBody))
	if w.Code != http.StatusServiceUnavailable {
		t.Errorf("status %d", w.Code)
	}
}
