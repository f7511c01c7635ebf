package pages

import (
	"context"
	"fmt"
	"hash/fnv"
	"net/http"
	"time"
)

// Bounds of pages that follow what happens.
const (
	liveEvery = 2 * time.Second  // from look to look
	liveBeat  = 15 * time.Second // after so long of nothing new, a sign of life for proxies
	maxLive   = 200              // pages at once
)

// live tells a page when it is out of date, as server-sent events (HTML Living
// Standard, "Server-sent events"): the page then asks for itself anew.
func (p *pages) live(w http.ResponseWriter, r *http.Request) {
	select {
	case p.followers <- struct{}{}:
		defer func() { <-p.followers }()
	default:
		http.Error(w, "too many pages follow what happens; this one shows what was when it was opened", http.StatusServiceUnavailable)
		return
	}
	control := http.NewResponseController(w)
	// It lasts for as long as the page is open; the server's time-outs are not for it.
	_ = control.SetWriteDeadline(time.Time{})
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	looks := time.NewTicker(p.every)
	defer looks.Stop()
	seen, told := p.digest(r.Context()), time.Now()
	say := func(text string) bool {
		told = time.Now()
		_, err := fmt.Fprint(w, text)
		return err == nil && control.Flush() == nil
	}
	for ok := say(": wanwatch\n\n"); ok; {
		select {
		case <-looks.C:
		case <-p.Ending:
			return
		case <-r.Context().Done():
			return
		}
		switch now := p.digest(r.Context()); {
		case now != seen:
			seen = now
			ok = say("data: changed\n\n")
		case time.Since(told) > liveBeat:
			ok = say(": here\n\n")
		}
	}
}

// digest is another one when a page would show other states or alerts.
func (p *pages) digest(ctx context.Context) uint64 {
	h := fnv.New64a()
	for _, s := range p.States() {
		fmt.Fprintln(h, s.Target.Kind, s.Target.ID, s.State)
	}
	if p.Alerts != nil {
		for _, a := range p.Alerts(ctx) {
			fmt.Fprintln(h, a.Name, a.Target, a.Site, a.Provider, a.Hidden, a.Silenced)
		}
	}
	return h.Sum64()
}
