package ping

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"wanwatch/probes"
	"wanwatch/probes/metric"
)

func TestAnswersThroughTheNetwork(t *testing.T) {
	eachWay(t, func(t *testing.T, m medium, address, _ netip.Addr) {
		h, u := newTunnel(t)
		r, meters := newRecord(), newMeter()
		u.behave(func(p packet) { p.reply() })
		inHost(t, h, probes.Env{Meter: meters}, m, r, testJob("a", address.String(), shortInterval, time.Second))
		r.until(t, "twenty answers", func() bool { return r.sum("a", metric.PingReceived) >= 20 })
		for _, x := range r.of("a") {
			if x.Outcome == probes.Failure || x.Outcome == probes.Note {
				t.Errorf("%s: %s %s %v", x.Outcome, x.Reason, x.Detail, x.Samples)
			}
		}
		if ttl := r.values("a", metric.PingReplyTTL); len(ttl) == 0 || ttl[0] != 61 {
			t.Errorf("TTL of the answers %v, want 61", ttl)
		}
		if n := meters.value(metric.PingForeign); n != 0 {
			t.Errorf("%v foreign messages", n)
		}
	})
}

func TestOptionsOnTheWire(t *testing.T) {
	eachWay(t, func(t *testing.T, m medium, address, _ netip.Addr) {
		h, u := newTunnel(t)
		source := "198.18.3.77"
		headers := 28
		if address.Is6() {
			source, headers = "2001:db8:3::77", 48
			h.Address("tun0", source+"/64")
		} else {
			h.Address("tun0", source+"/24")
		}
		side := openTunnel(t, h, "tun1")
		h.Address("tun1", "198.18.4.1/24")
		h.Address("tun1", "2001:db8:4::1/64")
		h.RouteOut("0.0.0.0/0", "tun1")
		h.RouteOut("::/0", "tun1")
		plain := testJob("plain", address.String(), shortInterval, time.Second)
		r := newRecord()
		inHost(t, h, probes.Env{}, m, r,
			plain,
			with(testJob("marked", address.String(), shortInterval, time.Second), func(c *Config) { c.DSCP = 46 }),
			with(testJob("near", address.String(), shortInterval, time.Second), func(c *Config) { c.TTL = 7 }),
			with(testJob("large", address.String(), shortInterval, time.Second), func(c *Config) { c.Size = 1300 }),
			with(testJob("huge", address.String(), shortInterval, time.Second), func(c *Config) { c.Size = 1301; c.DSCP = 10; c.TTL = 9; c.Source = source }),
			with(testJob("small", address.String(), shortInterval, time.Second), func(c *Config) { c.Size = 16 }),
			with(testJob("from", address.String(), shortInterval, time.Second), func(c *Config) { c.Source = source }),
			with(testJob("side", address.String(), shortInterval, time.Second), func(c *Config) { c.Interface = "tun1" }),
		)
		for _, id := range []string{"plain", "marked", "near", "large", "huge", "small", "from", "side"} {
			r.until(t, "answers for "+id, func() bool { return r.sum(id, metric.PingReceived) >= 2 })
		}
		first := "198.18.3.1"
		if address.Is6() {
			first = "2001:db8:3::1"
		}
		type wire struct {
			tos, ttl uint8
			size     int
			src      string
		}
		got := map[wire]bool{}
		for _, p := range u.packets() {
			got[wire{p.tos, p.ttl, p.size - headers, p.src.String()}] = true
		}
		from := first
		if m := newestAddress(u.packets()); address.Is6() && m != "" {
			from = m // which of the network's addresses the kernel prefers is its own affair
		}
		for _, want := range []wire{
			{0, 64, 56, from}, {46 << 2, 64, 56, from}, {0, 7, 56, from}, {0, 64, 1300, from},
			{10 << 2, 9, 1301, source}, {0, 64, 16, from}, {0, 64, 56, source},
		} {
			if !got[want] {
				t.Errorf("no packet %+v among %v", want, got)
			}
		}
		if len(got) > 7 {
			t.Errorf("packets of %d sorts: %v", len(got), got)
		}
		if n := len(side.packets()); n == 0 {
			t.Error("no packet through the interface named")
		}
	})
}

// newestAddress returns the source of packets that name none.
func newestAddress(list []packet) string {
	for _, p := range list {
		if p.ttl == 7 {
			return p.src.String()
		}
	}
	return ""
}

func TestForgedAndSpoiltAnswers(t *testing.T) {
	eachWay(t, func(t *testing.T, m medium, address, router netip.Addr) {
		tests := []struct {
			name   string
			forge  func(p packet)
			counts *metric.Desc // of the target, or of the process
		}{
			{"wrong content", func(p packet) { e := p.echo(); e[40] ^= 1; p.inject(p.dst, e) }, metric.PingCorrupt},
			{"wrong number", func(p packet) { e := p.echo(); e[9] ^= 1; p.inject(p.dst, e) }, metric.PingCorrupt},
			{"cut short", func(p packet) { p.inject(p.dst, p.echo()[:30]) }, metric.PingCorrupt},
			{"no payload", func(p packet) { p.inject(p.dst, p.echo()[:8]) }, metric.PingCorrupt},
			{"too long", func(p packet) { p.inject(p.dst, append(p.echo(), make([]byte, 300)...)) }, metric.PingCorrupt},
			{"wrong address", func(p packet) { p.inject(router, p.echo()) }, metric.PingForeign},
			{"wrong sequence number", func(p packet) { e := p.echo(); e[6] ^= 0x40; p.inject(p.dst, e) }, metric.PingForeign},
		}
		h, u := newTunnel(t)
		forges := map[netip.Addr]func(packet){}
		var jobs []probes.Job
		for i, x := range tests {
			jobs = append(jobs, testJob(x.name, address.String(), shortInterval, shortTimeout))
			forges[address] = tests[i].forge
			address = address.Next()
		}
		u.behave(func(p packet) { forges[p.dst](p) })
		r, meters := newRecord(), newMeter()
		inHost(t, h, probes.Env{Meter: meters}, m, r, jobs...)
		for _, x := range tests {
			r.until(t, "five losses of "+x.name, func() bool { return r.sum(x.name, metric.PingLost) >= 5 })
			if n := r.sum(x.name, metric.PingReceived); n != 0 {
				t.Errorf("%s: %v forged answers were believed", x.name, n)
			}
			if n := r.sum(x.name, metric.PingCorrupt); (n >= 4) != (x.counts == metric.PingCorrupt) {
				t.Errorf("%s: %v corrupt answers", x.name, n)
			}
		}
		if n := meters.value(metric.PingForeign); n < 8 {
			t.Errorf("%v foreign answers, want those of two targets", n)
		}
	})
}

func TestAnotherProgramsAnswers(t *testing.T) {
	eachWay(t, func(t *testing.T, m medium, address, _ netip.Addr) {
		h, u := newTunnel(t)
		u.behave(func(p packet) { e := p.echo(); e[4] ^= 1; p.inject(p.dst, e) }) // another id
		r, meters := newRecord(), newMeter()
		inHost(t, h, probes.Env{Meter: meters}, m, r, testJob("a", address.String(), shortInterval, shortTimeout))
		r.until(t, "five losses", func() bool { return r.sum("a", metric.PingLost) >= 5 })
		// The kernel keeps them from us: by its table of ids, or by our filter.
		if n := r.sum("a", metric.PingReceived) + r.sum("a", metric.PingCorrupt) + meters.value(metric.PingForeign); n != 0 {
			t.Errorf("%v of them reached us", n)
		}
	})
}

// Two programs may choose one id for their raw sockets.
func TestTwoEnginesWithOneID(t *testing.T) {
	h, u := newTunnel(t)
	u.behave(func(p packet) { p.reply() })
	var fleets [2]*fleet
	var records [2]*record
	var meters [2]*meter
	for i := range fleets {
		meters[i], records[i] = newMeter(), newRecord()
		fleets[i] = openIn(t, h, probes.Env{Meter: meters[i]}, raw)
		k := fleets[i].sockets.families[v4].current()
		k.id = 0x7a7a
		if err := attachFilter(k.fd, v4, k.id); err != nil {
			t.Fatal(err)
		}
		fleets[i].Set([]probes.Job{testJob("a", "198.18.3.9", shortInterval, shortTimeout)})
	}
	for i, f := range fleets {
		run(t, f, records[i].emit)
	}
	for i, r := range records {
		r.until(t, "twenty answers", func() bool { return r.sum("a", metric.PingReceived) >= 20 })
		if n := r.sum("a", metric.PingDuplicates); n != 0 {
			t.Errorf("engine %d: %v duplicates", i, n)
		}
		if n := meters[i].value(metric.PingForeign) + r.sum("a", metric.PingCorrupt); n < 10 {
			t.Errorf("engine %d: %v foreign answers, want those of the other", i, n)
		}
		if n := r.outcomes("a", probes.Failure); n != 0 {
			t.Errorf("engine %d: %d failures", i, n)
		}
	}
}

func TestDuplicatesAndLateAnswers(t *testing.T) {
	eachWay(t, func(t *testing.T, m medium, address, _ netip.Addr) {
		h, u := newTunnel(t)
		u.behave(func(p packet) {
			p.reply()
			p.reply()
		})
		late := address.Next()
		r := newRecord()
		inHost(t, h, probes.Env{}, m, r, testJob("twice", address.String(), shortInterval, shortTimeout))
		r.until(t, "ten duplicates", func() bool { return r.sum("twice", metric.PingDuplicates) >= 10 })
		if got, dup := r.sum("twice", metric.PingReceived), r.sum("twice", metric.PingDuplicates); dup > got || got > dup+2 {
			t.Errorf("%v answers and %v duplicates, want as many", got, dup)
		}

		u.behave(func(p packet) { time.AfterFunc(2*shortTimeout, p.reply) })
		r = newRecord()
		inHost(t, h, probes.Env{}, m, r, testJob("late", late.String(), shortInterval, shortTimeout))
		r.until(t, "ten late answers", func() bool { return r.sum("late", metric.PingLate) >= 10 })
		if n := r.sum("late", metric.PingReceived); n != 0 {
			t.Errorf("%v late answers were counted as good", n)
		}
		u.behave(func(packet) {})
	})
}

func TestReorderedAnswersKeepTheirTime(t *testing.T) {
	t.Parallel()
	h, u := newTunnel(t)
	held := make(chan packet, 1)
	u.behave(func(p packet) {
		select {
		case other := <-held:
			p.reply()
			other.reply()
		default:
			held <- p
		}
	})
	r := newRecord()
	inHost(t, h, probes.Env{}, raw, r, testJob("a", "198.18.3.9", shortInterval, time.Second))
	r.until(t, "thirty answers", func() bool { return r.sum("a", metric.PingReceived) >= 30 })
	if n := r.outcomes("a", probes.Failure); n != 0 {
		t.Errorf("%d failures", n)
	}
	// Of two packets, the first one's answer came last.
	var answered []probes.Result
	for _, x := range r.of("a") {
		if x.Outcome == probes.Success {
			answered = append(answered, x)
		}
	}
	slices.SortFunc(answered, func(x, y probes.Result) int { return x.Start.Compare(y.Start) })
	for pair := range slices.Chunk(answered, 2) {
		if len(pair) == 2 && pair[0].Duration <= pair[1].Duration {
			t.Errorf("round trips of %v and %v, want the first one longer: its answer was held until after the second one's", pair[0].Duration, pair[1].Duration)
		}
	}
}

func TestRoundTripsAreTrue(t *testing.T) {
	const delay = 30 * time.Millisecond
	eachWay(t, func(t *testing.T, m medium, address, _ netip.Addr) {
		h, u := newTunnel(t)
		u.behave(func(p packet) { time.AfterFunc(delay, p.reply) })
		r := newRecord()
		inHost(t, h, probes.Env{}, m, r, testJob("a", address.String(), shortInterval, time.Second))
		r.until(t, "twenty answers", func() bool { return r.sum("a", metric.PingReceived) >= 20 })
		near := 0
		for _, x := range r.of("a") {
			if x.Outcome != probes.Success {
				continue
			}
			if x.Duration < delay {
				t.Errorf("a round trip of %v, shorter than the delay of the network", x.Duration)
			}
			if x.Duration < delay+10*time.Millisecond {
				near++
			}
		}
		if near < 10 {
			t.Errorf("%d of 20 round trips within 10 ms of the delay", near)
		}
		u.behave(func(packet) {})
	})
}

func TestRoutersErrors(t *testing.T) {
	type fault struct {
		kind, code uint8
		info       uint32
		label      string
		text       string
	}
	four := []fault{
		{3, 0, 0, "net", "network unreachable (type 3 code 0)"},
		{3, 1, 0, "host", "host unreachable (type 3 code 1)"},
		{3, 13, 0, "prohibited", "communication prohibited (type 3 code 13)"},
		{11, 0, 0, "ttl", "time to live exceeded in transit (type 11 code 0)"},
		{3, 4, 1400, "too_big", "packet too big (type 3 code 4, its limit is 1400 bytes)"},
		{12, 0, 0, "other", "parameter problem (type 12 code 0)"},
	}
	six := []fault{
		{1, 0, 0, "net", "no route to destination (type 1 code 0)"},
		{1, 3, 0, "host", "address unreachable (type 1 code 3)"},
		{1, 1, 0, "prohibited", "communication prohibited (type 1 code 1)"},
		{3, 0, 0, "ttl", "hop limit exceeded in transit (type 3 code 0)"},
		{2, 0, 1400, "too_big", "packet too big (type 2 code 0, its limit is 1400 bytes)"},
		{4, 0, 0, "other", "parameter problem (type 4 code 0)"},
	}
	eachWay(t, func(t *testing.T, m medium, address, router netip.Addr) {
		list, header := four, 28
		if address.Is6() {
			list, header = six, 48
		}
		type faultCase struct {
			fault
			quote int
		}
		h, u := newTunnel(t)
		cases := map[netip.Addr]faultCase{}
		var jobs []probes.Job
		for _, quote := range []int{header, header + 12, header + 56} {
			for _, x := range list {
				if x.label == "too_big" && m == datagram && address.Is4() {
					// Our packets may be cut, so that the kernel takes no
					// notice of who says that they are too big.
					continue
				}
				cases[address] = faultCase{x, quote}
				jobs = append(jobs, testJob(address.String(), address.String(), shortInterval, 2*time.Second))
				address = address.Next()
			}
		}
		u.behave(func(p packet) {
			x := cases[p.dst]
			p.fail(router, x.kind, x.code, x.info, x.quote)
		})
		r := newRecord()
		inHost(t, h, probes.Env{}, m, r, jobs...)
		for to, x := range cases {
			id := to.String()
			r.until(t, "three errors", func() bool { return r.sum(id, metric.PingUnreachable, x.label) >= 3 })
			first := r.first(id, probes.Failure)
			if want := router.String() + " says: " + x.text; first.Reason != probes.ReasonUnreachable || first.Detail != want {
				t.Errorf("%d bytes quoted: %s: %q, want %q", x.quote, first.Reason, first.Detail, want)
			}
			if first.Duration > time.Second {
				t.Errorf("%s: it was lost after %v only", x.text, first.Duration)
			}
		}
	})
}

// A pending error of one target may be reported when a packet is sent to
// another.
func TestErrorsOfOneTargetHarmNoOther(t *testing.T) {
	eachWay(t, func(t *testing.T, m medium, address, router netip.Addr) {
		h, u := newTunnel(t)
		good := map[netip.Addr]bool{}
		var jobs []probes.Job
		for i := range 20 {
			id, good20 := fmt.Sprintf("bad%d", i), i%2 == 0
			address = address.Next()
			if good20 {
				good[address] = true
				id = fmt.Sprintf("good%d", i)
			}
			jobs = append(jobs, testJob(id, address.String(), shortInterval, time.Second))
		}
		kind, code := uint8(3), uint8(1)
		if address.Is6() {
			kind, code = 1, 3
		}
		u.behave(func(p packet) {
			if good[p.dst] {
				p.reply()
				return
			}
			p.fail(router, kind, code, 0, 1000)
		})
		r, meters := newRecord(), newMeter()
		inHost(t, h, probes.Env{Meter: meters}, m, r, jobs...)
		for _, j := range jobs {
			id := j.Target.ID
			if strings.HasPrefix(id, "bad") {
				r.until(t, "errors for "+id, func() bool { return r.sum(id, metric.PingUnreachable, "host") >= 10 })
				if n := r.sum(id, metric.PingReceived); n != 0 {
					t.Errorf("%s: %v answers", id, n)
				}
				continue
			}
			r.until(t, "answers for "+id, func() bool { return r.sum(id, metric.PingReceived) >= 10 })
			if n := r.outcomes(id, probes.Failure); n != 0 {
				t.Errorf("%s: %d failures: %+v", id, n, r.of(id))
			}
		}
		if n := meters.value(metric.PingSendErrors); n != 0 {
			t.Errorf("%v packets could not be sent", n)
		}
	})
}
