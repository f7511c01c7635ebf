package snmp

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/snmp/profile"
)

// prober polls one device.
type prober struct {
	job    probes.Job
	logger *slog.Logger
	now    func() time.Time
	wire   wire
	client *client
	device *device

	profileName string           // as written
	profile     *profile.Profile // nil: none
	facts       facts
	factsAt     time.Time // when they are due
	loadAt      time.Time // when the device is asked again how busy it is
	cpuColumn   int       // that told it, of cpuColumns
	samples     []probes.Sample
}

func newProber(env probes.Env, job probes.Job, shared *engines) (*prober, error) {
	config, ok := job.Probe.Config.(*Config)
	if !ok {
		return nil, fmt.Errorf("%s: probe %s of %s: settings of the wrong type %T", job.Probe.Pos, job.Probe.Name, job.Target.ID, job.Probe.Config)
	}
	r, err := newRemote(job.Probe.Address, config, job.Target.Credential, env.WithDefaults().Resolver)
	if err != nil {
		return nil, fmt.Errorf("%s: probe %s of %s: %w", job.Probe.Pos, job.Probe.Name, job.Target.ID, err)
	}
	p := newProberOver(newSession(r, shared, time.Now), job, config, time.Now)
	p.logger = env.WithDefaults().Logger
	return p, nil
}

// newProberOver makes a prober that speaks over w and reads the time from now.
func newProberOver(w wire, job probes.Job, config *Config, now func() time.Time) *prober {
	p := &prober{logger: slog.New(slog.DiscardHandler), job: job, now: now, wire: w, profileName: config.Profile, client: newClient(w, config, job.Probe.Timeout)}
	if job.Target.Kind == inventory.EndpointTarget {
		p.client.repetitions = 1 // see readEquipment
	}
	p.device = &device{client: p.client, now: now, unresolved: true}
	for _, i := range job.Target.Interfaces {
		owner := i.Owner
		if owner == nil {
			owner = job.Target
		}
		p.device.ifaces = append(p.device.ifaces, &iface{
			selector: i.Selector, owner: owner, labels: []string{job.Target.ID, i.Selector},
			err: failf(probes.ReasonDeviceUnknown, "the device has not been asked yet"),
		})
	}
	return p
}

func newRemote(address string, config *Config, credential *inventory.SNMPCredential, resolver probes.Resolver) (remote, error) {
	host, port, err := splitAddress(address)
	if err != nil {
		return remote{}, err
	}
	transport := config.Transport
	if transport == "" {
		transport = "udp"
	}
	return remote{
		host: host, port: config.port(port), transport: transport, anySource: config.AnySource && transport == "udp",
		credential: credential, resolver: resolver,
	}, nil
}

// Close implements probes.Prober.
func (p *prober) Close() error { return p.wire.Close() }

// Probe implements probes.Prober. What changes seldom is asked for after the
// results are handed over, so that it delays none of them.
func (p *prober) Probe(ctx context.Context, emit probes.Emit, trace *probes.Trace) {
	p.client.trace = trace
	start := p.now()
	err := p.device.poll(ctx)
	took := p.now().Sub(start)

	p.emitDevice(emit, start, took, err)
	p.emitInterfaces(emit, start, took, err)
	if err == nil && !p.now().Before(p.factsAt) {
		p.readFacts(ctx, emit, start)
	}
	if err == nil && p.job.Target.Kind == inventory.DeviceTarget && !p.now().Before(p.loadAt) {
		p.readLoad(ctx, emit)
	}
	if err == nil && p.profile != nil {
		p.readEquipment(ctx, emit)
	}
	p.client.trace = nil
}

// readFacts brings the facts up to date and hands them over.
func (p *prober) readFacts(ctx context.Context, emit probes.Emit, start time.Time) {
	first := p.factsAt.IsZero()
	p.device.noEngine = false // an agent that has just started may not have had it yet
	f, err := p.client.readFacts(ctx)
	if err == nil && !first && len(p.device.ifaces) > 0 {
		err = p.device.describe(ctx, false)
	}
	if err == nil {
		err = p.takeProfile(ctx, &f, emit)
	}
	wait := factsEvery
	if err != nil {
		p.client.trace.Logf("the device's description could not be read: %v", err)
		wait = factsRetry
	}
	p.factsAt = p.now().Add(wait)
	if f.sysName != "" || f.sysDescr != "" || err == nil {
		p.facts = f
	}
	p.emitFacts(emit, start)
}
