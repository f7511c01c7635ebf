package wire

import (
	"math"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/icmp"
	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"

	"wanwatch/internal/lab/plan"
	"wanwatch/internal/lab/truth"
	"wanwatch/inventory"
)

const ms = time.Millisecond

var (
	site  = netip.MustParseAddr("198.18.1.1")
	site6 = netip.MustParseAddr("2001:db8:1::1")
)

// bench is an engine with one path, its log, and a hand to feed it.
type bench struct {
	t   testing.TB
	e   *Engine
	log *truth.Log
}

func newBench(t testing.TB, path plan.Path, events ...*plan.Event) *bench {
	t.Helper()
	path.Prefixes = []netip.Prefix{netip.MustParsePrefix("198.18.1.0/24"), netip.MustParsePrefix("2001:db8:1::/48")}
	return newBenchOf(t, &plan.Plan{Seed: 1, Paths: map[string]*plan.Path{"a": &path}, Events: events})
}

func newBenchOf(t testing.TB, p *plan.Plan) *bench {
	t.Helper()
	log := truth.NewLog(PathIDs(p), 0)
	t.Cleanup(log.Close)
	e, err := NewEngine(p, log)
	if err != nil {
		t.Fatal(err)
	}
	return &bench{t, e, log}
}

// send gives the engine a ping and returns what comes of it.
func (b *bench) send(at time.Duration, dst netip.Addr, ttl, seq, payload int) []Delivery {
	b.t.Helper()
	src := proberV4
	if dst.Is6() {
		src = proberV6
	}
	return slices.Clone(b.e.Take(at, plan.Out, echo(b.t, src, dst, ttl, 0, seq, payload)))
}

func (b *bench) last() truth.Entry {
	b.t.Helper()
	entries := slices.Collect(b.log.All())
	if len(entries) == 0 {
		b.t.Fatal("the log is empty")
	}
	return *entries[len(entries)-1]
}

func TestDelayByDirection(t *testing.T) {
	b := newBench(t, plan.Path{Both: plan.Conditions{Delay: new(5 * ms)}, Back: plan.Conditions{Delay: new(7 * ms)}})
	out := b.send(time.Second, site, 64, 1, 56)
	if len(out) != 1 || out[0].Due != time.Second+5*ms || out[0].Direction != plan.Out {
		t.Fatalf("%+v", out)
	}
	back := b.e.Take(2*time.Second, plan.Back, echo(t, site, proberV4, 64, 0, 1, 56))
	if len(back) != 1 || back[0].Due != 2*time.Second+7*ms || back[0].Direction != plan.Back {
		t.Fatalf("%+v", back)
	}
	if e := b.last(); e.Planned() != 7*ms || e.Address() != site || e.Fate != truth.InFlight || e.ID != 7 || e.Seq != 1 || e.Size != 84 {
		t.Errorf("%+v", e)
	}
}

func TestLossAgainstThePlan(t *testing.T) {
	const count = 20_000
	b := newBench(t, plan.Path{Out: plan.Conditions{Loss: new(inventory.Ratio(0.03))}})
	var passed int
	for n := range count {
		passed += len(b.send(time.Duration(n)*ms, site, 64, n&0xffff, 8))
	}
	counts := b.log.Counts("a")[plan.Out]
	if counts[truth.Lost]+counts[truth.InFlight] != count || int(counts[truth.InFlight]) != passed {
		t.Errorf("%d lost and %d passed of %d, returned %d", counts[truth.Lost], counts[truth.InFlight], count, passed)
	}
	if got := float64(counts[truth.Lost]) / count; math.Abs(got-0.03) > 0.006 {
		t.Errorf("loss %.4f, plan 0.03", got)
	}
}

// fates sends packets and returns their fates and dues.
func fates(b *bench, count int) []truth.Entry {
	for n := range count {
		b.send(time.Duration(n)*ms, site, 64, n, 8)
	}
	return b.log.Path("a")
}

func TestSameSeedSameFates(t *testing.T) {
	path := plan.Path{Both: plan.Conditions{
		Delay: new(20 * ms), Jitter: &plan.Jitter{Distribution: plan.Pareto, Scale: ms},
		Loss: new(inventory.Ratio(0.05)), Burst: &plan.Burst{P: 0.02, R: 0.3}, Duplicate: new(inventory.Ratio(0.02)),
		Reorder: &plan.Reorder{Share: 0.05, By: 10 * ms}, Corrupt: &plan.Corrupt{Share: 0.05},
	}}
	one, two := fates(newBench(t, path), 3000), fates(newBench(t, path), 3000)
	if diff := cmp.Diff(one, two); diff != "" {
		t.Errorf("two runs differ: %s", diff)
	}
	// Another condition does not change who is lost.
	path.Both.Duplicate, path.Both.Jitter = nil, nil
	three := fates(newBench(t, path), 3000)
	lost := func(entries []truth.Entry) (seqs []uint16) {
		for _, e := range entries {
			if e.Fate.Dropped() {
				seqs = append(seqs, e.Seq)
			}
		}
		return seqs
	}
	if diff := cmp.Diff(lost(one), lost(three)); diff != "" {
		t.Errorf("without duplicates and jitter others are lost: %s", diff)
	}
}

func TestJitterKeepsOrderUnlessItMayOvertake(t *testing.T) {
	for _, overtake := range []bool{false, true} {
		b := newBench(t, plan.Path{Both: plan.Conditions{
			Delay: new(20 * ms), Jitter: &plan.Jitter{Distribution: plan.Normal, Scale: 4 * ms, Overtake: overtake},
		}})
		entries := fates(b, 1000)
		inOrder := slices.IsSortedFunc(entries, func(x, y truth.Entry) int { return int(x.Due - y.Due) })
		if inOrder == overtake {
			t.Errorf("overtake %v: in order %v", overtake, inOrder)
		}
	}
}

func TestReorder(t *testing.T) {
	b := newBench(t, plan.Path{Both: plan.Conditions{Delay: new(5 * ms), Reorder: &plan.Reorder{Share: 0.1, By: 3 * ms}}})
	var held int
	for _, e := range fates(b, 2000) {
		want := 5 * ms
		if e.Flags&truth.Reordered != 0 {
			held++
			want += 3 * ms
		}
		if e.Planned() != want {
			t.Fatalf("packet %d: %v, want %v", e.Seq, e.Planned(), want)
		}
	}
	if held < 150 || held > 250 {
		t.Errorf("%d of 2000 held back, plan 200", held)
	}
}

func TestDuplicate(t *testing.T) {
	b := newBench(t, plan.Path{Both: plan.Conditions{Duplicate: new(inventory.Ratio(1))}})
	due := b.send(0, site, 64, 1, 8)
	if len(due) != 2 || due[0].Entry == due[1].Entry || !slices.Equal(due[0].Packet, due[1].Packet) {
		t.Fatalf("%+v", due)
	}
	if b.last().Flags&truth.Copy == 0 {
		t.Error("the copy is not marked")
	}
}

func TestLimit(t *testing.T) {
	// 84 bytes at 84 kB/s: 1 ms each; room for three more behind the first.
	b := newBench(t, plan.Path{Out: plan.Conditions{
		Delay: new(5 * ms), Limit: &plan.Limit{Rate: 84 * 8 * 1000, QueueBytes: 4 * 84},
	}})
	want := []time.Duration{6 * ms, 7 * ms, 8 * ms, 9 * ms}
	for i, due := range want {
		if got := b.send(0, site, 64, i, 56); len(got) != 1 || got[0].Due != due {
			t.Fatalf("packet %d: %+v, want due at %v", i, got, due)
		}
	}
	if got := b.send(0, site, 64, 4, 56); len(got) != 0 || b.last().Fate != truth.QueueFull {
		t.Errorf("the fifth passed: %+v, %v", got, b.last().Fate)
	}
	if got := b.send(ms, site, 64, 5, 56); len(got) != 1 || got[0].Due != 10*ms {
		t.Errorf("after 1 ms there is room again: %+v", got)
	}
	if got := b.send(time.Second, site, 64, 6, 56); len(got) != 1 || got[0].Due != time.Second+6*ms {
		t.Errorf("an empty queue delays by the packet alone: %+v", got)
	}
}

func TestDSCPRewriting(t *testing.T) {
	b := newBench(t, plan.Path{Both: plan.Conditions{DSCP: &plan.DSCP{From: new(inventory.DSCP(46)), To: 10}}})
	for _, tt := range []struct{ in, out int }{{46, 10}, {34, 34}} {
		for _, dst := range []netip.Addr{site, site6} {
			src := proberV4
			if dst.Is6() {
				src = proberV6
			}
			due := b.e.Take(0, plan.Out, echo(t, src, dst, 64, tt.in, 1, 8))
			h, _ := parse(due[0].Packet)
			if e := b.last(); int(h.dscp) != tt.out || int(e.DSCPIn) != tt.in || int(e.DSCPOut) != tt.out || !sound(t, due[0].Packet) {
				t.Errorf("%v %d: %d on the wire, log %d to %d", dst, tt.in, h.dscp, e.DSCPIn, e.DSCPOut)
			}
		}
	}
}

func TestCorrupt(t *testing.T) {
	for _, repair := range []bool{false, true} {
		b := newBench(t, plan.Path{Both: plan.Conditions{Corrupt: &plan.Corrupt{Share: 1, Repair: repair}}})
		due := b.send(0, site, 64, 1, 56)
		if sound(t, due[0].Packet) != repair || b.last().Flags&truth.Corrupted == 0 {
			t.Errorf("repair %v: sound %v, flags %b", repair, sound(t, due[0].Packet), b.last().Flags)
		}
	}
}

func hops() []plan.Router {
	var list []plan.Router
	for _, n := range []string{"1", "2", "3"} {
		list = append(list, plan.Router{V4: netip.MustParseAddr("198.19.0." + n), V6: netip.MustParseAddr("2001:db8:f::" + n)})
	}
	return list
}

func TestPathLowersTTL(t *testing.T) {
	b := newBench(t, plan.Path{Hops: hops(), Length: 5})
	for _, dst := range []netip.Addr{site, site6} {
		due := b.send(0, dst, 64, 1, 8)
		if h, _ := parse(due[0].Packet); h.ttl != 59 || !sound(t, due[0].Packet) {
			t.Errorf("%v: TTL %d after five routers", dst, h.ttl)
		}
	}
}

// decoded is an ICMP error as an independent decoder sees it.
type decoded struct {
	From string
	Type icmp.Type
	Code int
	TTL  int
}

func decode(t *testing.T, p []byte, quoting []byte) decoded {
	t.Helper()
	h, ok := parse(p)
	if !ok || !sound(t, p) {
		t.Fatalf("not a sound packet: % x", p)
	}
	protocol := protoICMP
	if h.v6 {
		protocol = protoICMPv6
	}
	m, err := icmp.ParseMessage(protocol, p[h.transport:])
	if err != nil {
		t.Fatal(err)
	}
	// Behind the ICMP header stands the packet that it is about, but for what
	// routers change.
	quoted := p[h.transport+8:]
	want := slices.Clone(quoting)
	whole, _ := parse(want)
	if whole.v6 {
		setTTL(want, &whole, quoted[7])
	} else {
		setTTL(want, &whole, quoted[8])
	}
	want = want[:min(len(want), len(quoted))]
	if diff := cmp.Diff(want, quoted); diff != "" {
		t.Errorf("quoted packet: %s", diff)
	}
	return decoded{h.src.String(), m.Type, m.Code, int(h.ttl)}
}

func TestErrorsInARoutersName(t *testing.T) {
	refuse := func(code string, hop int) plan.Path {
		return plan.Path{Hops: hops(), Both: plan.Conditions{Refuse: &plan.Refuse{Code: code, Hop: hop}}}
	}
	unreachV4, unreachV6 := ipv4.ICMPTypeDestinationUnreachable, ipv6.ICMPTypeDestinationUnreachable
	tests := []struct {
		name string
		path plan.Path
		dst  netip.Addr
		ttl  int
		size int
		want decoded
		fate truth.Fate
	}{
		{"TTL 1", plan.Path{Hops: hops()}, site, 1, 8, decoded{"198.19.0.1", ipv4.ICMPTypeTimeExceeded, 0, 64}, truth.Expired},
		{"TTL 3", plan.Path{Hops: hops()}, site, 3, 8, decoded{"198.19.0.3", ipv4.ICMPTypeTimeExceeded, 0, 62}, truth.Expired},
		{"hop limit 2", plan.Path{Hops: hops()}, site6, 2, 8, decoded{"2001:db8:f::2", ipv6.ICMPTypeTimeExceeded, 0, 63}, truth.Expired},
		{"net", refuse(plan.Net, 2), site, 64, 8, decoded{"198.19.0.2", unreachV4, 0, 63}, truth.Refused},
		{"host, last router", refuse(plan.Host, 0), site, 64, 8, decoded{"198.19.0.3", unreachV4, 1, 62}, truth.Refused},
		{"port, by the host", refuse(plan.Port, 0), site, 64, 8, decoded{"198.18.1.1", unreachV4, 3, 62}, truth.Refused},
		{"prohibited", refuse(plan.Prohibited, 1), site, 64, 8, decoded{"198.19.0.1", unreachV4, 13, 64}, truth.Refused},
		{"net 6", refuse(plan.Net, 2), site6, 64, 8, decoded{"2001:db8:f::2", unreachV6, 0, 63}, truth.Refused},
		{"host 6", refuse(plan.Host, 1), site6, 64, 8, decoded{"2001:db8:f::1", unreachV6, 3, 64}, truth.Refused},
		{"prohibited 6", refuse(plan.Prohibited, 1), site6, 64, 8, decoded{"2001:db8:f::1", unreachV6, 1, 64}, truth.Refused},
		{"TTL before the refusal", refuse(plan.Net, 3), site, 2, 8, decoded{"198.19.0.2", ipv4.ICMPTypeTimeExceeded, 0, 63}, truth.Expired},
		{"no routers: the gateway", plan.Path{Both: plan.Conditions{Refuse: &plan.Refuse{Code: plan.Net}}}, site, 64, 8, decoded{"198.19.255.253", unreachV4, 0, 64}, truth.Refused},
		{"no path", plan.Path{}, netip.MustParseAddr("198.18.200.1"), 64, 8, decoded{"198.19.255.253", unreachV4, 0, 64}, truth.NoPath},
		{"too big", plan.Path{Hops: hops(), Both: plan.Conditions{MTU: &plan.MTU{Bytes: 1300, Hop: 2}}}, site, 64, 1400, decoded{"198.19.0.2", unreachV4, 4, 63}, truth.TooBig},
		{"too big 6", plan.Path{Hops: hops(), Both: plan.Conditions{MTU: &plan.MTU{Bytes: 1300, Hop: 2}}}, site6, 64, 1400, decoded{"2001:db8:f::2", ipv6.ICMPTypePacketTooBig, 0, 63}, truth.TooBig},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, tt.path)
			due := b.send(0, tt.dst, tt.ttl, 9, tt.size)
			if len(due) != 1 || due[0].Direction != plan.Back {
				t.Fatalf("%+v", due)
			}
			src := proberV4
			if tt.dst.Is6() {
				src = proberV6
			}
			got := decode(t, due[0].Packet, echo(t, src, tt.dst, tt.ttl, 0, 9, tt.size))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			entries := slices.Collect(b.log.All())
			first := b.log.Total()[plan.Out]
			if first[tt.fate] != 1 || b.last().Flags != truth.FromRouter || len(entries) != 2 {
				t.Errorf("log: %v, last %+v", b.log.Total(), b.last())
			}
		})
	}
}

func TestTooBigNamesTheMTU(t *testing.T) {
	b := newBench(t, plan.Path{Both: plan.Conditions{MTU: &plan.MTU{Bytes: 1300}}})
	p := b.send(0, site, 64, 1, 1400)[0].Packet
	if mtu := int(p[headerV4+6])<<8 | int(p[headerV4+7]); mtu != 1300 {
		t.Errorf("IPv4: %d", mtu)
	}
	p = b.send(0, site6, 64, 1, 1400)[0].Packet
	m, err := icmp.ParseMessage(protoICMPv6, p[headerV6:])
	if err != nil {
		t.Fatal(err)
	}
	if body, ok := m.Body.(*icmp.PacketTooBig); !ok || body.MTU != 1300 {
		t.Errorf("IPv6: %+v", m.Body)
	}
	if due := b.send(0, site, 64, 1, 1300-28); len(due) != 1 || due[0].Direction != plan.Out {
		t.Errorf("a packet of just the MTU: %+v", due)
	}
}

func TestErrorsTakeTheirShareOfTheWay(t *testing.T) {
	b := newBench(t, plan.Path{Hops: hops(), Both: plan.Conditions{Delay: new(15 * ms)}})
	for ttl, want := range map[int]time.Duration{1: 10 * ms, 2: 20 * ms, 3: 30 * ms} {
		if due := b.send(time.Second, site, ttl, 1, 8); due[0].Due != time.Second+want {
			t.Errorf("TTL %d: %v, want %v", ttl, due[0].Due-time.Second, want)
		}
	}
}

// On the way back routers are passed in reverse.
func TestBackwardExpiryIsReportedToTheFarSide(t *testing.T) {
	b := newBench(t, plan.Path{Hops: hops()})
	due := b.e.Take(0, plan.Back, packetUDP(t, site, proberV4, 1))
	if len(due) != 1 || due[0].Direction != plan.Out {
		t.Fatalf("%+v", due)
	}
	if h, _ := parse(due[0].Packet); h.src.String() != "198.19.0.3" {
		t.Errorf("from %v, want the router nearest to the site", h.src)
	}
}

func packetUDP(t *testing.T, src, dst netip.Addr, ttl int) []byte {
	t.Helper()
	return packetV4(t, src, dst, protoUDP, ttl, 0, []byte{0, 9, 0, 9, 0, 8, 0, 0})
}

func TestNoErrorAboutAnError(t *testing.T) {
	b := newBench(t, plan.Path{Hops: hops()})
	about := echo(t, proberV4, site, 64, 0, 1, 8)
	m := marshal(t, icmp.Message{Type: ipv4.ICMPTypeDestinationUnreachable, Body: &icmp.DstUnreach{Data: about}}, nil)
	if due := b.e.Take(0, plan.Out, packetV4(t, proberV4, site, protoICMP, 1, 0, m)); len(due) != 0 {
		t.Errorf("answered an error: %+v", due)
	}
	if e := b.last(); e.Fate != truth.Expired || e.Flags&truth.Errored != 0 {
		t.Errorf("%v %b", e.Fate, e.Flags)
	}
}

func TestSilentRouter(t *testing.T) {
	b := newBench(t, plan.Path{Hops: hops(), Length: 5})
	if due := b.send(0, site, 4, 1, 8); len(due) != 0 || b.last().Fate != truth.Expired {
		t.Errorf("%+v %v", due, b.last().Fate)
	}
}

func TestCutAndItsEnd(t *testing.T) {
	for at, passes := range map[time.Duration]bool{0: true, 999 * ms: true, time.Second: false, 1999 * ms: false, 2 * time.Second: true, 11500 * ms: false, 12 * time.Second: true} {
		// A fresh lane: time does not run backwards for one.
		b := newBench(t, plan.Path{},
			&plan.Event{At: time.Second, For: time.Second, Every: 10 * time.Second, Both: plan.Conditions{Cut: new(true)}})
		if due := b.send(at, site, 64, 1, 8); (len(due) == 1) != passes {
			t.Errorf("at %v: %+v, passes %v", at, due, passes)
		}
		if fate := b.last().Fate; !passes && fate != truth.Cut {
			t.Errorf("at %v: fate %v", at, fate)
		}
	}
}

func TestLongestPrefixWins(t *testing.T) {
	b := newBenchOf(t, &plan.Plan{Paths: map[string]*plan.Path{
		"wide":   {Prefixes: []netip.Prefix{netip.MustParsePrefix("198.18.0.0/16")}, Both: plan.Conditions{Delay: new(1 * ms)}},
		"narrow": {Prefixes: []netip.Prefix{netip.MustParsePrefix("198.18.1.0/24")}, Both: plan.Conditions{Delay: new(2 * ms)}},
		"one":    {Prefixes: []netip.Prefix{netip.MustParsePrefix("198.18.1.9/32")}, Both: plan.Conditions{Delay: new(3 * ms)}},
	}})
	for dst, want := range map[string]time.Duration{"198.18.2.1": ms, "198.18.1.1": 2 * ms, "198.18.1.9": 3 * ms} {
		if due := b.send(0, netip.MustParseAddr(dst), 64, 1, 8); due[0].Due != want {
			t.Errorf("%s: %v, want %v", dst, due[0].Due, want)
		}
	}
}

func TestNotForTheOtherSide(t *testing.T) {
	b := newBench(t, plan.Path{})
	for _, p := range [][]byte{nil, {0x45, 0}, echo(t, proberV6, netip.MustParseAddr("ff02::2"), 64, 0, 1, 8)} {
		if due := b.e.Take(0, plan.Out, p); len(due) != 0 {
			t.Errorf("% x passed", p)
		}
	}
	if n, _ := b.log.Len(); n != 0 || b.e.Ignored() != 3 {
		t.Errorf("%d logged, %d ignored", n, b.e.Ignored())
	}
}

func TestBadPlanIsRefused(t *testing.T) {
	if _, err := NewEngine(&plan.Plan{}, nil); err == nil {
		t.Error("a plan without paths was taken")
	}
}

func BenchmarkTake(b *testing.B) {
	bench := newBench(b, plan.Path{Both: plan.Conditions{
		Delay: new(5 * ms), Jitter: &plan.Jitter{Distribution: plan.Normal, Scale: ms}, Loss: new(inventory.Ratio(0.01)), Burst: &plan.Burst{P: 0.01, R: 0.2},
	}})
	p := echo(b, proberV4, site, 64, 0, 1, 56)
	b.ReportAllocs()
	for b.Loop() {
		p[8] = 64
		bench.e.Take(0, plan.Out, p)
	}
}
