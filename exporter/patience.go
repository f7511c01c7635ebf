package exporter

import (
	"net/http"
	"time"
)

// patientWriter gives the client time for each part of an answer, but not for ever.
type patientWriter struct {
	http.ResponseWriter
	control *http.ResponseController
	end     time.Time
}

func newPatientWriter(w http.ResponseWriter) *patientWriter {
	return &patientWriter{w, http.NewResponseController(w), time.Now().Add(maxScrapeTime)}
}

// Write fails once the client has read nothing for maxPause.
func (p *patientWriter) Write(b []byte) (int, error) {
	deadline := time.Now().Add(maxPause)
	if deadline.After(p.end) {
		deadline = p.end
	}
	// Not every ResponseWriter has a deadline; the net/http server's has.
	_ = p.control.SetWriteDeadline(deadline)
	return p.ResponseWriter.Write(b)
}

// done takes the deadline away again, for the next answer over the connection.
func (p *patientWriter) done() { _ = p.control.SetWriteDeadline(time.Time{}) }
