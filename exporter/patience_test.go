package exporter

import (
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"
)

// timed is an answer whose deadline is seen.
type timed struct {
	*httptest.ResponseRecorder
	deadline time.Time
}

func (t *timed) SetWriteDeadline(d time.Time) error {
	t.deadline = d
	return nil
}

func TestPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &timed{ResponseRecorder: httptest.NewRecorder()}
		p := newPatientWriter(w)
		start := time.Now()
		for _, step := range []struct{ at, want time.Duration }{
			{0, maxPause}, {9 * time.Second, 9*time.Second + maxPause}, {55 * time.Second, maxScrapeTime},
		} {
			time.Sleep(step.at - time.Since(start))
			if _, err := p.Write([]byte("a")); err != nil {
				t.Fatal(err)
			}
			if got := w.deadline.Sub(start); got != step.want {
				t.Errorf("after %v the client has until %v, want %v", step.at, got, step.want)
			}
		}
		p.done()
		if !w.deadline.IsZero() {
			t.Errorf("a deadline of %v is left for the next answer", w.deadline)
		}
	})
}
