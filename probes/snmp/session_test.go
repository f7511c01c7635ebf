package snmp

import (
	"context"
	"errors"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"

	"wanwatch/internal/lab/snmptest"
	"wanwatch/probes"
	"wanwatch/probes/errno"
)

// TestEngineTimeGoesOn is a poll after more than the 150 s for which RFC 3414,
// section 2.2.3 lets an engine's time stand.
func TestEngineTimeGoesOn(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	s := newSession(remote{}, nil, func() time.Time { return now })
	s.synced = now.Add(-5*time.Minute - 300*time.Millisecond)
	usm := &gosnmp.UsmSecurityParameters{AuthoritativeEngineID: "engine", AuthoritativeEngineTime: 1000}
	s.tick(usm)
	if usm.AuthoritativeEngineTime != 1300 {
		t.Errorf("the engine's time is %d", usm.AuthoritativeEngineTime)
	}
	usm = &gosnmp.UsmSecurityParameters{}
	s.tick(usm)
	if usm.AuthoritativeEngineTime != 0 {
		t.Error("an engine that is not known has a time")
	}
}

// names resolves to what the test says.
type hosts map[string][]string

func (h hosts) LookupHost(_ context.Context, name string) ([]string, error) {
	if a, ok := h[name]; ok {
		return a, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func sessionTo(t *testing.T, address string, c Config, h hosts) *session {
	t.Helper()
	r, err := newRemote(address, &c, community(t, "public"), h)
	if err != nil {
		t.Fatal(err)
	}
	s := newSession(r, new(engines), time.Now)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func askName(t *testing.T, s *session, p patience) (string, error) {
	t.Helper()
	answer, err := s.Get(t.Context(), []string{sysName}, p)
	if err != nil {
		return "", err
	}
	return newValue(answer.Variables[0]).clean(), nil
}

func TestNameIsResolvedAgain(t *testing.T) {
	agent, err := snmptest.Start("127.0.0.1:0", "public", snmptest.Device("rt", 1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = agent.Close() })
	_, port, _ := net.SplitHostPort(agent.Addr())
	h := hosts{}
	s := sessionTo(t, "rt.example:"+port, Config{}, h)
	brief := patience{tries: 1, timeout: 50 * time.Millisecond}

	_, err = askName(t, s, brief)
	if e := (*Error)(nil); !errors.As(err, &e) || e.Reason != probes.ReasonResolve {
		t.Errorf("an unknown name: %v", err)
	}
	h["rt.example"] = []string{"127.0.0.1"}
	if name, err := askName(t, s, brief); name != "rt" || err != nil {
		t.Errorf("%q, %v", name, err)
	}
	// The device moves; the name leads to its new address once the old one is
	// silent, also where the old one is still listed.
	_ = s.Close()
	silent, err := net.ListenPacket("udp6", "[::1]:"+port)
	if err != nil {
		t.Skip("needs IPv6 on the loopback: ip link set lo up")
	}
	defer silent.Close()
	h["rt.example"] = []string{"::1", "127.0.0.1"}
	if _, err := askName(t, s, brief); !isSilence(err) {
		t.Errorf("the silent address: %v", err)
	}
	if name, err := askName(t, s, brief); name != "rt" || err != nil {
		t.Errorf("%q, %v", name, err)
	}
}

// TestAnswerFromAnotherAddress asks a device that answers from an address other
// than the one asked.
func TestAnswerFromAnotherAddress(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs 127.0.0.2, which only Linux has by itself")
	}
	agent, err := snmptest.Start("127.0.0.1:0", "public", snmptest.Device("rt", 1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = agent.Close() })
	asked := relay(t, agent.Addr())
	full := patience{tries: 1, timeout: 200 * time.Millisecond}
	if _, err := askName(t, sessionTo(t, asked, Config{}, nil), full); err == nil {
		t.Error("an answer from another address was taken")
	}
	if name, err := askName(t, sessionTo(t, asked, Config{AnySource: true}, nil), full); name != "rt" || err != nil {
		t.Errorf("with any_source: %q, %v", name, err)
	}
}

// relay takes requests on an address and sends the agent's answers from
// 127.0.0.2. It returns the address.
func relay(t *testing.T, agent string) string {
	t.Helper()
	in, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	out, err := net.ListenPacket("udp4", "127.0.0.2:0")
	if err != nil {
		t.Fatal(err)
	}
	to, err := net.Dial("udp4", agent)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buffer := make([]byte, 65535)
		for {
			n, from, err := in.ReadFrom(buffer)
			if err != nil {
				return
			}
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
			if n, err = to.Read(buffer); err != nil {
				return
			}
			_, _ = out.WriteTo(buffer[:n], from)
		}
	}()
	t.Cleanup(func() { _ = in.Close(); _ = to.Close(); _ = out.Close(); <-done })
	return in.LocalAddr().String()
}

// TestNotInTimeWindowsDoesNotLoop is a device that refuses every message with
// the same report.
func TestNotInTimeWindowsDoesNotLoop(t *testing.T) {
	for stat, want := range map[string]string{
		".1.3.6.1.6.3.15.1.1.2.0": "usmStatsNotInTimeWindows",
		".1.3.6.1.6.3.15.1.1.4.0": "usmStatsUnknownEngineIDs",
	} {
		t.Run(want, func(t *testing.T) {
			agent, err := net.ListenPacket("udp4", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			received, done := 0, make(chan struct{})
			go func() {
				defer close(done)
				buffer := make([]byte, 65535)
				for {
					_, from, err := agent.ReadFrom(buffer)
					if err != nil {
						return
					}
					received++
					_, _ = agent.WriteTo(reportOf(stat), from)
				}
			}()
			r := remote{transport: "udp", credential: usm(t, "u", "sha256", authPassword, "", "")}
			r.host, r.port, _ = net.SplitHostPort(agent.LocalAddr().String())
			s := newSession(r, new(engines), time.Now)
			_, err = s.Get(t.Context(), []string{sysName}, patience{tries: 3, timeout: time.Second})
			_ = s.Close()
			_ = agent.Close()
			<-done
			if e := (*Error)(nil); !errors.As(err, &e) || e.Reason != probes.ReasonAuth || !strings.Contains(e.Detail, want) {
				t.Errorf("the error is %v", err)
			}
			// Twice the discovery and three tries.
			if received > 8 {
				t.Errorf("%d packets", received)
			}
		})
	}
}

// reportOf is a report without authentication, as an agent sends it that cannot
// find the user's keys.
func reportOf(stat string) []byte {
	p := gosnmp.SnmpPacket{
		Version: gosnmp.Version3, MsgFlags: gosnmp.NoAuthNoPriv, SecurityModel: gosnmp.UserSecurityModel,
		SecurityParameters: &gosnmp.UsmSecurityParameters{AuthoritativeEngineID: "an-engine-id", AuthoritativeEngineBoots: 1, AuthoritativeEngineTime: 5},
		ContextEngineID:    "an-engine-id", PDUType: gosnmp.Report,
		Variables: []gosnmp.SnmpPDU{{Name: stat, Type: gosnmp.Counter32, Value: uint32(1)}},
	}
	message, err := p.MarshalMsg()
	if err != nil {
		panic(err)
	}
	return message
}

// TestDeviceOfAName tells a name that has no address from a resolver that does
// not answer: nothing is known of the device then.
func TestDeviceOfAName(t *testing.T) {
	for name, test := range map[string]struct {
		resolver probes.Resolver
		outcome  probes.Outcome
		detail   string
	}{
		"no such name":        {hosts{}, probes.Failure, "does not exist or has no address"},
		"no address":          {hosts{"rt.example": nil}, probes.Failure, "has no address"},
		"no resolver answers": {noResolver{}, probes.Unknown, "rt.example could not be looked up, the resolver gave no usable answer"},
	} {
		t.Run(name, func(t *testing.T) {
			job := deviceJob("rt.example", community(t, "public"), &Config{}, "Gi0/1")
			p, err := newProber(probes.Env{Resolver: test.resolver}, job, new(engines))
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			var own probes.Result
			p.Probe(t.Context(), func(r *probes.Result) {
				if r.Target == job.Target {
					own = *r
				}
			}, nil)
			if own.Outcome != test.outcome || own.Reason != probes.ReasonResolve || !strings.Contains(own.Detail, test.detail) {
				t.Errorf("%s %s: %s", own.Outcome, own.Reason, own.Detail)
			}
		})
	}
}

// noResolver is a resolver whose server cannot be reached.
type noResolver struct{}

func (noResolver) LookupHost(ctx context.Context, name string) ([]string, error) {
	r := net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, errno.NetUnreachable
	}}
	return r.LookupHost(ctx, name)
}
