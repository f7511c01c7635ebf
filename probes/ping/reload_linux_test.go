package ping

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"wanwatch/probes"
	"wanwatch/probes/metric"
)

// Thousands of targets, half of them dead, while the set changes ten times a
// second: the live ones lose nothing, and no count is lost.
func TestReloadsUnderLoad(t *testing.T) {
	const each, reloads = 1500, 30
	h, u := newTunnel(t)
	u.behave(func(packet) {})
	h.RouteLocal("198.18.96.0/19")
	jobs := func(round int) []probes.Job {
		var list []probes.Job
		add := func(id string, a netip.Addr, fingerprint string) {
			j := testJob(id, a.String(), 500*time.Millisecond, 400*time.Millisecond)
			j.Fingerprint = fingerprint
			j.Phase = time.Duration(len(list)) * 500 * time.Millisecond / (2*each + 100)
			list = append(list, j)
		}
		for i := range each {
			add(fmt.Sprintf("live%d", i), netip.AddrFrom4([4]byte{198, 18, byte(96 + i>>8), byte(i)}), "")
			add(fmt.Sprintf("dead%d", i), netip.AddrFrom4([4]byte{198, 18, 3, byte(2 + i%200)}), "")
		}
		for i := range 100 { // these are others each time
			add(fmt.Sprintf("new%d", i), netip.AddrFrom4([4]byte{198, 18, byte(110), byte(i)}), fmt.Sprint(round))
		}
		return list
	}
	r, meters := newRecord(), newMeter()
	f := openIn(t, h, probes.Env{Meter: meters}, raw)
	f.Set(jobs(0))
	run(t, f, r.emit)
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for round := range reloads {
		<-ticker.C
		f.Set(jobs(round))
	}
	r.until(t, "the last live target to answer five times", func() bool { return r.sum(fmt.Sprintf("live%d", each-1), metric.PingReceived) >= 5 })
	for i := range each {
		live, dead := fmt.Sprintf("live%d", i), fmt.Sprintf("dead%d", i)
		if n := r.outcomes(live, probes.Failure); n != 0 {
			t.Errorf("%s: %d false losses: %+v", live, n, r.first(live, probes.Failure))
		}
		if n := r.sum(live, metric.PingReceived) + float64(r.outcomes(live, probes.Unknown)); n < 4 {
			t.Errorf("%s: %v results", live, n)
		}
		if n := r.sum(dead, metric.PingReceived); n != 0 {
			t.Errorf("%s: %v answers of a dead target", dead, n)
		}
	}
	if n := meters.value(metric.PingForeign) + meters.value(metric.PingSendErrors); n != 0 {
		// Answers for the hundred that went are foreign; there are few.
		t.Logf("%v foreign answers or refused packets", n)
	}
}
