// Package turn is the kind of probe that asks a TURN server for a relay (RFC 8656).
//
// Without a credential, an Allocate is answered by the server's challenge (401 with a
// realm and a nonce), which shows that the service works and allocates nothing. With
// one, a relay is allocated and released at once (Refresh with a lifetime of 0). The
// password is never sent; it keys MESSAGE-INTEGRITY, and a server that does not know
// it is found out by its own.
package turn

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/pion/stun/v3"

	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/dial"
	"wanwatch/probes/stun/transaction"
)

// Kind describes the kind "turn".
func Kind() probes.Kind {
	return probes.Kind{
		ProbeKind: inventory.ProbeKind{
			Name:      "turn",
			Doc:       "TURN Allocate (RFC 8656) up to the server's challenge; with a credential up to an allocation, which is released at once.",
			NewConfig: func() any { return &Config{Transport: "udp"} },
			Interval:  15 * time.Second,
			Timeout:   5 * time.Second,
			Confirm:   2,
		},
		Reasons: dial.Reasons(probes.ReasonCredential, probes.ReasonAuth, probes.ReasonTLS, probes.ReasonProtocol,
			probes.ReasonStatus, probes.ReasonUnavailable),
		Series:    dial.Series,
		NewProber: newProber,
	}
}

type prober struct {
	dialer     dial.Dialer
	job        probes.Job
	config     Config
	credential *inventory.UserPassword
}

func newProber(env probes.Env, job probes.Job) (probes.Prober, error) {
	config, d, err := dial.For[Config](env, job)
	if err != nil {
		return nil, err
	}
	d.Source, d.DSCP = config.Source, config.DSCP
	p := &prober{dialer: d, job: job, config: *config}
	if job.Probe.Credential != nil {
		p.credential = job.Probe.Credential.TURN
	}
	return p, nil
}

// Close implements probes.Prober; there is nothing to free.
func (p *prober) Close() error { return nil }

// Probe implements probes.Prober.
func (p *prober) Probe(ctx context.Context, emit probes.Emit, trace *probes.Trace) {
	result := probes.Result{Job: p.job, Target: p.job.Target, Start: time.Now()}
	conn, secured, err := p.dialer.Open(ctx, p.config.Transport, p.config.TLSConfig, trace)
	result.Samples = secured
	if err != nil {
		dial.Fail(&result, err)
		emit(&result)
		return
	}
	defer conn.Close(ctx)
	x := exchange{Asker: transaction.New(conn, p.config.Transport, trace), remote: conn.Remote, credential: p.credential, trace: trace}
	if result.Detail, err = x.run(ctx); err != nil {
		dial.Fail(&result, err)
	}
	result.Duration = time.Since(result.Start)
	x.release(ctx)
	result.Samples = append(result.Samples, x.Samples()...)
	emit(&result)
}

// exchange is the work of one probe.
type exchange struct {
	*transaction.Asker
	remote     string
	credential *inventory.UserPassword
	trace      *probes.Trace

	held    bool // whether the server holds a relay for this host
	secrets []stun.Setter
	key     stun.MessageIntegrity
}

// run asks for a relay, as far as the credential goes.
func (x *exchange) run(ctx context.Context) (detail string, err error) {
	answer, err := x.allocate(ctx)
	if err != nil {
		return "", err
	}
	code, _, failed := transaction.Failure(answer)
	switch {
	case !failed:
		return x.relayed(answer, "without asking for a credential: anybody can relay through it")
	case code == 300: // Try Alternate: RFC 8489, section 10
		return x.remote + " works and sends clients to another server", nil
	case code != 401:
		return "", x.Explain(answer)
	}
	if err := x.challenged(answer); err != nil {
		return "", err
	}
	if x.credential == nil {
		return x.remote + " works: it asks for a credential", nil
	}
	return x.authenticated(ctx)
}

// authenticated asks with the credential; a nonce that has become stale is replaced
// once (RFC 8489, section 9.2.5).
func (x *exchange) authenticated(ctx context.Context) (detail string, err error) {
	for again := false; ; again = true {
		answer, err := x.allocate(ctx)
		if err != nil {
			return "", err
		}
		code, _, failed := transaction.Failure(answer)
		switch {
		case !failed && x.key.Check(answer) != nil:
			x.held = true
			return "", dial.Failf(probes.ReasonAuth, "%s allocated a relay, but its MESSAGE-INTEGRITY is wrong: it does not know the password", x.remote)
		case !failed:
			return x.relayed(answer, "and takes it back")
		case code == 438 && !again: // Stale Nonce
			if err := x.challenged(answer); err != nil {
				return "", err
			}
		default:
			return "", x.Explain(answer)
		}
	}
}

// challenged takes realm and nonce of a challenge.
func (x *exchange) challenged(answer *stun.Message) error {
	var realm stun.Realm
	var nonce stun.Nonce
	if realm.GetFrom(answer) != nil || nonce.GetFrom(answer) != nil {
		return dial.Failf(probes.ReasonProtocol, "%s asks for a credential without naming realm and nonce", x.remote)
	}
	x.trace.Logf("REALM %.100q", string(realm))
	if x.credential == nil {
		return nil
	}
	password, err := x.credential.Password.Read()
	if err != nil {
		return dial.Failf(probes.ReasonCredential, "%v", err)
	}
	x.key = stun.NewLongTermIntegrity(x.credential.User, string(realm), password)
	x.secrets = []stun.Setter{stun.NewUsername(x.credential.User), realm, nonce, x.key}
	return nil
}

// udp is REQUESTED-TRANSPORT (RFC 8656, section 18.8).
var udp = stun.RawAttribute{Type: stun.AttrRequestedTransport, Value: []byte{17, 0, 0, 0}}

func (x *exchange) allocate(ctx context.Context) (*stun.Message, error) {
	return x.ask(ctx, stun.MethodAllocate, udp)
}

func (x *exchange) ask(ctx context.Context, method stun.Method, attribute stun.RawAttribute) (*stun.Message, error) {
	setters := append([]stun.Setter{stun.TransactionID, stun.NewType(method, stun.ClassRequest), attribute}, x.secrets...)
	request, err := stun.Build(setters...)
	if err != nil {
		return nil, dial.Failf(probes.ReasonInternal, "making a request: %v", err)
	}
	return x.Ask(ctx, request)
}

// relayed reads the address of a relay.
func (x *exchange) relayed(answer *stun.Message, how string) (detail string, err error) {
	x.held = true
	var relay stun.XORMappedAddress
	if relay.GetFromAs(answer, stun.AttrXORRelayedAddress) != nil {
		return "", dial.Failf(probes.ReasonProtocol, "%s allocated a relay without telling its address", x.remote)
	}
	return fmt.Sprintf("%s allocated the relay %s %s", x.remote, relay, how), nil
}

// farewell is how long the release may take.
const farewell = 500 * time.Millisecond

// release gives the relay back. If the answer is lost, the server ends it by itself
// after ten minutes (RFC 8656, section 3.2).
func (x *exchange) release(ctx context.Context) {
	if !x.held {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, farewell)
	defer cancel()
	lifetime := stun.RawAttribute{Type: stun.AttrLifetime, Value: binary.BigEndian.AppendUint32(nil, 0)}
	if answer, err := x.ask(ctx, stun.MethodRefresh, lifetime); err != nil {
		x.trace.Logf("the release was not confirmed: %v", err)
	} else if code, reason, failed := transaction.Failure(answer); failed {
		x.trace.Logf("the release was refused: %d %.100q", code, reason)
	} else {
		x.trace.Logf("the relay is released")
	}
}
