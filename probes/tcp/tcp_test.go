package tcp

import (
	"context"
	"math"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"wanwatch/probes"
	"wanwatch/probes/metric"
)

// sample returns the value of a metric in a result; ok is false if it has none.
func sample(r probes.Result, d *metric.Desc) (v float64, ok bool) {
	for _, s := range r.Samples {
		if s.Metric == d {
			return s.Value, true
		}
	}
	return 0, false
}

// check compares a result with what is wanted.
func check(t *testing.T, r probes.Result, o probes.Outcome, reason probes.Reason, detail string) {
	t.Helper()
	if r.Outcome != o || r.Reason != reason || !strings.Contains(r.Detail, detail) {
		t.Errorf("got outcome %d, reason %q, detail %q; want %d, %q, something with %q", r.Outcome, r.Reason, r.Detail, o, reason, detail)
	}
}

// The probe says nothing, ends in order, and takes no harm from a server that
// talks first.
func TestConnectAndClose(t *testing.T) {
	for _, network := range []string{"tcp4", "tcp6"} {
		t.Run(network, func(t *testing.T) {
			server := newRecord()
			address := serve(t, network, server.handle("220 ready\r\n"))
			r, steps := probeOnce(t, probes.Env{}, job(address, Config{}))
			check(t, r, probes.Success, "", address+" accepted the connection")
			if v, ok := sample(r, metric.TCPConnect); !ok || v <= 0 || v > r.Duration.Seconds() {
				t.Errorf("connect took %g s of %s", v, r.Duration)
			}
			if !strings.Contains(strings.Join(steps, "\n"), "established") {
				t.Errorf("steps: %q", steps)
			}
			<-server.done
			if server.err != nil || server.data.Len() != 0 {
				t.Errorf("the server got %q and %v; want nothing and no reset", server.data.String(), server.err)
			}
		})
	}
}

// drained is how long package dial reads what is left.
const drained = 200 * time.Millisecond

// A server that never closes its side holds the probe up for a short while at most.
func TestCloseDoesNotWaitForEver(t *testing.T) {
	release := make(chan struct{})
	address := serve(t, "tcp4", func(net.Conn) { <-release })
	defer close(release)
	begin := time.Now()
	r, _ := probeOnce(t, probes.Env{}, job(address, Config{}))
	check(t, r, probes.Success, "", "")
	if took := time.Since(begin); took > drained+time.Second {
		t.Errorf("took %s", took)
	}
	if r.Duration > drained/2 {
		t.Errorf("the closing counts: %s", r.Duration)
	}
}

func TestRefused(t *testing.T) {
	address := closedPort(t)
	r, steps := probeOnce(t, probes.Env{}, job(address, Config{}))
	check(t, r, probes.Failure, probes.ReasonRefused, address)
	if v, ok := sample(r, metric.TCPConnect); !ok || !math.IsNaN(v) {
		t.Errorf("connect time %g after a failure, want NaN", v)
	}
	if len(steps) == 0 {
		t.Error("no steps")
	}
}

func TestTimeout(t *testing.T) {
	j := job(fullListener(t), Config{})
	j.Probe.Timeout = 300 * time.Millisecond
	r, _ := probeOnce(t, probes.Env{}, j)
	check(t, r, probes.Failure, probes.ReasonTimeout, "did not answer within 3")
	if r.Duration < 300*time.Millisecond || r.Duration > time.Second {
		t.Errorf("duration %s", r.Duration)
	}
}

func TestNames(t *testing.T) {
	listening := serve(t, "tcp4", silent)
	_, port, _ := net.SplitHostPort(listening)
	_, closed, _ := net.SplitHostPort(closedPort(t))
	env := probes.Env{Resolver: hosts{
		"one.example":   {"127.0.0.1"},
		"two.example":   {"127.0.0.2", "127.0.0.1"}, // the server listens on the second alone
		"six.example":   {"::1"},
		"empty.example": {},
	}}
	for name, c := range map[string]struct {
		address string
		config  Config
		outcome probes.Outcome
		reason  probes.Reason
		detail  string
	}{
		"first address":    {"one.example:" + port, Config{}, probes.Success, "", "127.0.0.1:" + port},
		"second address":   {"two.example:" + port, Config{}, probes.Success, "", "127.0.0.1:" + port},
		"none answers":     {"two.example:" + closed, Config{}, probes.Failure, probes.ReasonRefused, "127.0.0.2:" + closed + " refused the connection (RST); 127.0.0.1:" + closed + " refused"},
		"no such name":     {"nowhere.example:" + port, Config{}, probes.Failure, probes.ReasonResolve, "nowhere.example does not exist"},
		"no address":       {"empty.example:" + port, Config{}, probes.Failure, probes.ReasonResolve, "has no address"},
		"other family":     {"six.example:" + port, Config{Family: "ip4"}, probes.Failure, probes.ReasonResolve, "has no ip4 address"},
		"source's family":  {"six.example:" + port, Config{Source: "127.0.0.1"}, probes.Failure, probes.ReasonResolve, "has no ip4 address"},
		"literal, family":  {"127.0.0.1:" + port, Config{Family: "ip6"}, probes.Failure, probes.ReasonResolve, "has no ip6 address"},
		"source":           {"127.0.0.1:" + port, Config{Source: "127.0.0.9"}, probes.Success, "", ""},
		"source elsewhere": {"127.0.0.1:" + port, Config{Source: "192.0.2.77"}, probes.Unknown, probes.ReasonSend, "no local address"},
		"marked":           {"127.0.0.1:" + port, Config{DSCP: 46}, probes.Success, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if strings.HasPrefix(c.address, "two.example:"+port) {
				needOneAddress(t, port)
			}
			r, _ := probeOnce(t, env, job(c.address, c.config))
			check(t, r, c.outcome, c.reason, c.detail)
		})
	}
}

// needOneAddress makes sure that 127.0.0.2 is refused: only Linux answers for
// all of 127.0.0.0/8.
func needOneAddress(t *testing.T, port string) {
	t.Helper()
	c, err := net.DialTimeout("tcp", "127.0.0.2:"+port, time.Second)
	if err == nil {
		_ = c.Close()
		t.Skip("127.0.0.2 is taken by something else")
	}
}

// A DNS server that cannot be reached, answers with an error or is silent is no
// fault of the target.
func TestResolverThatDoesNotAnswer(t *testing.T) {
	for name, resolver := range map[string]probes.Resolver{
		"unreachable": &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
			return nil, syscall.ENETUNREACH
		}},
		"server failure": failing{&net.DNSError{Err: "server misbehaving", Name: "server.example", IsTemporary: true}},
		"time-out":       failing{&net.DNSError{Err: "i/o timeout", Name: "server.example", IsTimeout: true}},
	} {
		t.Run(name, func(t *testing.T) {
			r, _ := probeOnce(t, probes.Env{Resolver: resolver}, job("server.example:80", Config{}))
			check(t, r, probes.Unknown, probes.ReasonResolve, "server.example could not be looked up, the resolver gave no usable answer")
		})
	}
}

type failing struct{ err error }

func (f failing) LookupHost(context.Context, string) ([]string, error) { return nil, f.err }

// A name whose lookup hangs ends its own probe within the time-out.
func TestResolverThatHangs(t *testing.T) {
	j := job("slow.example:80", Config{})
	j.Probe.Timeout = 50 * time.Millisecond
	r, _ := probeOnce(t, probes.Env{Resolver: hanging{}}, j)
	check(t, r, probes.Unknown, probes.ReasonResolve, "slow.example")
}

type hanging struct{}

func (hanging) LookupHost(ctx context.Context, _ string) ([]string, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestCancelIsNoFailure(t *testing.T) {
	p, err := newProber(probes.Env{}.WithDefaults(), job(fullListener(t), Config{}))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	begin := time.Now()
	var got probes.Result
	p.Probe(ctx, func(r *probes.Result) { got = *r }, nil)
	check(t, got, probes.Unknown, probes.ReasonStalled, "stopped")
	if took := time.Since(begin); took > time.Second {
		t.Errorf("took %s", took)
	}
}
