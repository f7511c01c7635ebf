package world

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"gopkg.in/yaml.v3"
)

// SecretVariable is the environment variable in which the inventory looks for
// the community and the passwords of the simulated routers.
const SecretVariable = "WANWATCH_DEMO_SECRET"

// user asks the hub's router, which speaks version 3; the others speak 2c.
const user = "wanwatch"

// The shape of the inventory, as far as a simulated network fills it.
type (
	document struct {
		Organization string                    `yaml:"organization"`
		Timezone     string                    `yaml:"timezone"`
		Language     string                    `yaml:"language"`
		Defaults     map[string]defaults       `yaml:"defaults"`
		Providers    map[string]provider       `yaml:"providers"`
		Credentials  map[string]map[string]any `yaml:"credentials"`
		Sites        map[string]siteEntry      `yaml:"sites"`
		Devices      map[string]device         `yaml:"devices"`
		Links        map[string]link           `yaml:"links,omitempty"`
		Uplinks      map[string]link           `yaml:"uplinks,omitempty"`
		Endpoints    map[string]endpoint       `yaml:"endpoints,omitempty"`
		Meetings     map[string]meeting        `yaml:"meetings,omitempty"`
	}
	meeting struct {
		Start     string   `yaml:"start"`
		Duration  string   `yaml:"duration"`
		Repeat    string   `yaml:"repeat"`
		Endpoints []string `yaml:"endpoints,flow"`
	}
	defaults struct {
		Interval string `yaml:"interval,omitempty"`
		Timeout  string `yaml:"timeout,omitempty"`
	}
	provider struct {
		Name    string `yaml:"name"`
		Hotline string `yaml:"hotline,omitempty"`
	}
	siteEntry struct {
		Name   string `yaml:"name"`
		Region string `yaml:"region,omitempty"`
	}
	device struct {
		Name       string `yaml:"name"`
		Site       string `yaml:"site"`
		Role       string `yaml:"role"`
		Address    string `yaml:"address"`
		Credential string `yaml:"credential"`
		Purchased  string `yaml:"purchased"`
		Support    string `yaml:"end_of_support"`

		Probes map[string]probe `yaml:"probes,omitempty"`
	}
	link struct {
		Name      string   `yaml:"name"`
		Site      string   `yaml:"site,omitempty"` // of an uplink
		From      string   `yaml:"from,omitempty"`
		To        string   `yaml:"to,omitempty"`
		Provider  string   `yaml:"provider,omitempty"`
		Role      string   `yaml:"role"`
		Ping      []string `yaml:"ping,flow"`
		Interface string   `yaml:"interface"`
		Bandwidth string   `yaml:"bandwidth,omitempty"`
		Contract  contract `yaml:"contract"`
	}
	contract struct {
		Number      string         `yaml:"number"`
		Starts      string         `yaml:"starts"`
		Ends        string         `yaml:"ends"`
		MonthlyCost map[string]any `yaml:"monthly_cost,flow,omitempty"`
		LeadTime    string         `yaml:"lead_time"`
		SLA         map[string]any `yaml:"sla,flow"`
	}
	endpoint struct {
		Name          string           `yaml:"name"`
		Site          string           `yaml:"site"`
		Type          string           `yaml:"type"`
		Address       string           `yaml:"address"`
		CallBandwidth string           `yaml:"call_bandwidth,omitempty"`
		Probes        map[string]probe `yaml:"probes"`
	}
	probe struct {
		Kind      string          `yaml:"kind,omitempty"`
		Port      int             `yaml:"port,omitempty"`
		TLS       bool            `yaml:"tls,omitempty"`
		TLSConfig map[string]bool `yaml:"tls_config,omitempty"`

		Gatekeeper string `yaml:"gatekeeper,omitempty"`
		Alias      string `yaml:"alias,omitempty"`
		RASPort    int    `yaml:"ras_port,omitempty"`
		Discover   bool   `yaml:"discover,omitempty"`
	}
)

const defaultPoll = 30 * time.Second

// inventory writes what wanwatch watches.
func (b *builder) inventory() ([]byte, error) {
	w := b.world
	d := document{
		Organization: w.Organization, Timezone: w.Timezone, Language: w.Language,
		Defaults:    map[string]defaults{"snmp": {Interval: cmp.Or(w.Poll, defaultPoll).String()}, "tcp": {Interval: "5s"}, "h323": {Interval: "5s"}, "ping": {Timeout: "1s"}},
		Providers:   map[string]provider{},
		Credentials: credentials(),
		Sites:       map[string]siteEntry{}, Devices: map[string]device{}, Links: map[string]link{},
		Uplinks: map[string]link{}, Endpoints: map[string]endpoint{},
	}
	for id, p := range w.Providers {
		d.Providers[id] = provider{p.Name, p.Hotline}
	}
	for _, s := range b.sites {
		e := siteEntry{Name: s.name}
		if a := w.Areas[s.area]; a != nil {
			e.Region = a.Name
		}
		d.Sites[s.id] = e
		d.Devices[routerPrefix+s.id] = b.device(s)
	}
	for _, l := range b.links {
		d.Links[l.id] = b.link(l)
	}
	for _, l := range b.uplinks {
		d.Uplinks[l.id] = b.link(l)
	}
	for _, r := range b.rooms {
		d.Endpoints[r.id] = b.endpoint(&r)
	}
	d.Meetings = b.meetings()
	return encode(d)
}

// meetings are those of the world, with the MCU and the rooms of their sites.
func (b *builder) meetings() map[string]meeting {
	list := map[string]meeting{}
	for id, m := range b.world.Meetings {
		x := meeting{Start: b.now.Add(m.At).In(b.zone).Format("2006-01-02T15:04:05"), Duration: m.For.String(), Repeat: "FREQ=HOURLY"}
		for _, r := range b.rooms {
			if r.site.id == b.world.Hub.ID || slices.Contains(m.Sites, r.site.id) {
				x.Endpoints = append(x.Endpoints, r.id)
			}
		}
		list[id] = x
	}
	return list
}

func credentials() map[string]map[string]any {
	secret := map[string]string{"env": SecretVariable}
	return map[string]map[string]any{
		"sites": {"snmp": map[string]any{"version": "2c", "community": secret}},
		"hub": {"snmp": map[string]any{
			"version": 3, "user": user, "auth": "sha256", "auth_password": secret, "priv": "aes", "priv_password": secret,
		}},
	}
}

func encode(d document) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString("# A simulated network: every name, number and address is invented.\n\n")
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	if err := e.Encode(d); err != nil {
		return nil, fmt.Errorf("writing the inventory of a simulated network: %w", err)
	}
	return out.Bytes(), nil
}

// device is the router of a site. The older half is near the end of its support.
func (b *builder) device(s site) device {
	age := 1 + s.index*7%9 // years
	bought := b.now.AddDate(-age, -s.index%12, 0)
	d := device{
		Name: "Bộ định tuyến " + s.name, Site: s.id, Role: "router", Address: b.v4(s, hostRouter).String(), Credential: "sites",
		Purchased: bought.Format("2006-01"), Support: bought.AddDate(8, 0, 0).Format("2006-01"),
	}
	if s.index == 0 {
		d.Credential = "hub"
	}
	if b.loopback {
		d.Probes = map[string]probe{"ping": {}, "snmp": {Port: b.snmpPort(s)}}
	}
	return d
}

func (b *builder) link(l line) link {
	x := link{
		Name: l.Name + " " + l.site.name, Provider: l.provider, Role: l.Role, Bandwidth: l.bandwidth.String(),
		Interface: routerPrefix + l.site.id + "/" + l.interfaceName(), Contract: b.contract(l),
	}
	for _, a := range l.addresses {
		x.Ping = append(x.Ping, a.String())
	}
	if l.kind == "" {
		x.Site = l.site.id
	} else {
		x.From, x.To = b.world.Hub.ID, l.site.id
	}
	return x
}

// promised is the round-trip time that the provider promises: what it takes and
// some more, in whole tens of milliseconds.
func (l line) promised() time.Duration {
	const step, more = 10 * time.Millisecond, 15 * time.Millisecond
	return (2*l.delay + more).Round(step) + step
}

// contract ends within the next two years.
func (b *builder) contract(l line) contract {
	ends := b.now.AddDate(0, 1+(l.site.index*5+l.order*11)%24, 0)
	c := contract{
		Number: fmt.Sprintf("%d/HĐ-%s", 100+l.site.index, l.id),
		Starts: ends.AddDate(-2, 0, 1).Format(time.DateOnly), Ends: ends.Format(time.DateOnly), LeadTime: "45d",
		SLA: map[string]any{"availability": "99.9%", "rtt": l.promised().String(), "jitter": "10ms", "loss": "0.5%"},
	}
	if l.price > 0 {
		c.MonthlyCost = map[string]any{"amount": int64(l.price), "currency": "VND"}
	}
	return c
}

func (b *builder) endpoint(r *room) endpoint {
	e := endpoint{
		Name: r.Name + " " + r.site.name, Site: r.site.id, Type: r.kind, Address: r.address.String(),
		Probes: map[string]probe{"ping": {}},
	}
	if r.CallBandwidth > 0 {
		e.CallBandwidth = r.CallBandwidth.String()
	}
	ports := r.ports
	if g := b.gatekeeper; g != nil {
		ras := int(g.Address.Port())
		if r.Gatekeeper {
			e.Probes["gatekeeper"] = probe{Kind: "h323", Discover: true, RASPort: ras}
		} else if len(ports) > 0 {
			e.Probes["h323"] = probe{Port: ports[0], Gatekeeper: mcuPrefix + b.sites[0].id, Alias: r.site.id, RASPort: ras}
			ports = ports[1:]
		}
	}
	for i, port := range ports {
		p := probe{Kind: "tcp", Port: port, TLS: r.TLS && i == 0}
		if p.TLS {
			p.TLSConfig = map[string]bool{"insecure": true} // the lab signs for itself
		}
		e.Probes["tcp-"+strconv.Itoa(port)] = p
	}
	return e
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
