package inventory

import (
	"fmt"
	"net"
	"reflect"
	"slices"
	"time"

	"gopkg.in/yaml.v3"
)

// The kinds that a target has without being told.
const (
	kindPing = "ping"
	kindSNMP = "snmp"
)

// probeSet reads probes by name.
func (d *decoder) probeSet(n *yaml.Node, at *place) ProbeSet {
	if isNull(n) {
		return nil
	}
	pairs, ok := d.pairs(n, at)
	if !ok {
		return nil
	}
	set := ProbeSet{}
	for _, p := range pairs {
		here, before := at.child(p.key, p.keyNode), len(d.problems)
		set = append(set, d.probeForms(p.value, p.key, here)...)
		if !d.reported(here, before) {
			// A name that is no kind of probe is told of as such.
			d.checkID(p, here)
		}
	}
	return set
}

// reported reports whether a problem of a place itself has been found since a
// number of problems.
func (d *decoder) reported(at *place, since int) bool {
	found := d.problems[since:]
	return len(found) > 0 && slices.ContainsFunc(found, func(p Problem) bool { return p.Path == at.path() })
}

// probeForms reads the settings of one name: a mapping, an address, or a list
// of either.
func (d *decoder) probeForms(n *yaml.Node, name string, at *place) []*Probe {
	alias := n
	n = d.follow(alias, at)
	if n == nil {
		return nil
	}
	defer d.leave(alias)
	if n.Kind != yaml.SequenceNode {
		return d.oneProbe(n, name, at)
	}
	if len(n.Content) == 0 {
		d.problem(n, at, "the list is empty: write at least one address, or leave the key out")
	}
	var probes []*Probe
	for i, c := range n.Content {
		here := at.element(i, c)
		if e := d.follow(c, here); e != nil {
			if e.Kind == yaml.SequenceNode || isNull(e) {
				d.problem(c, here, "an address or settings are expected here, not %s", nodeName(e))
			} else {
				probes = append(probes, d.oneProbe(e, name, here)...)
			}
			d.leave(c)
		}
	}
	return probes
}

// oneProbe reads the settings of one probe. Their address is completed when the
// target is known.
func (d *decoder) oneProbe(n *yaml.Node, name string, at *place) []*Probe {
	var pairs []pair
	switch {
	case badTag(n):
		d.problem(n, at, "%s", explainTag(n))
		return nil
	case n.Kind == yaml.MappingNode:
		var ok bool
		if pairs, ok = d.pairs(n, at); !ok {
			return nil
		}
	}
	kind := d.probeKind(name, pairs, at)
	if kind == nil {
		return nil
	}
	p, before := d.newProbe(name, kind, at), len(d.problems)
	if n.Kind == yaml.ScalarNode && !isNull(n) {
		p.Address = d.probeAddress(n, p, at)
	}
	meant := d.settings(pairs, p, kind, at, commonKeys())
	d.requireSettings(n, pairs, meant, kind, at)
	d.faulty[p] = len(d.problems) > before
	if slices.Contains(meant, "address") {
		d.badAddress[p] = true
	}
	d.checkProbe(p, at)
	return []*Probe{p}
}

// probeKind finds the kind of a probe, which is its name unless kind says
// otherwise.
func (d *decoder) probeKind(name string, pairs []pair, at *place) *ProbeKind {
	for _, p := range pairs {
		if p.key != "kind" {
			continue
		}
		if p.value.Kind == yaml.AliasNode {
			p.value = p.value.Alias
		}
		here := at.child("kind", p.keyNode)
		switch k := d.model.kind[p.value.Value]; {
		case p.value.Kind != yaml.ScalarNode:
			d.problem(p.value, here, "the name of a kind of probe is expected here, not %s", nodeName(p.value))
			return nil
		case k == nil:
			d.problem(p.value, here, "%s is no kind of probe: write %s%s", quote(p.value.Value), orList(d.model.names), d.suggest.didYouMean(p.value.Value, d.model.names))
			return nil
		case k.Name != name && d.model.kind[name] != nil:
			d.problem(p.value, here, "%s is a kind of probe itself: give this probe another name", quote(name))
			return nil
		default:
			return k
		}
	}
	k := d.model.kind[name]
	if k == nil {
		d.problem(at.nodeOr(nil), at, "unknown kind of probe %s%s: write %s, or add kind: to a probe with a name of its own",
			quote(name), d.suggest.didYouMean(name, d.model.names), orList(d.model.names))
	}
	return k
}

// newProbe makes a probe with the defaults of its kind.
func (d *decoder) newProbe(name string, k *ProbeKind, at *place) *Probe {
	p := &Probe{Name: name, Kind: k.Name, Interval: k.Interval, Timeout: k.Timeout, Confirm: max(1, k.Confirm)}
	if at != nil {
		p.Pos = d.doc.pos(at.node)
	}
	base := d.defaults[k.Name]
	if base != nil {
		p.Interval, p.Timeout, p.Confirm = base.Interval, base.Timeout, base.Confirm
	}
	switch {
	case base != nil && base.Config != nil:
		// Copied one level deep; the decoder replaces what lies deeper, and
		// never changes it.
		c := reflect.New(reflect.TypeOf(base.Config).Elem())
		c.Elem().Set(reflect.ValueOf(base.Config).Elem())
		p.Config = c.Interface()
	case k.NewConfig != nil:
		p.Config = k.NewConfig()
	}
	d.probeAt[p] = at
	return p
}

// settings reads those of the common keys that are named, and the kind's own. It
// returns the keys that unknown ones were probably meant to be.
func (d *decoder) settings(pairs []pair, p *Probe, k *ProbeKind, at *place, common []string) (meant []string) {
	ownTimeout := false
	for _, e := range pairs {
		here := at.child(e.key, e.keyNode)
		switch e.key {
		case "address":
			p.Address = d.probeAddress(e.value, p, here)
		case "interval":
			d.pace(e.value, &p.Interval, here, interval)
		case "timeout":
			ownTimeout = d.pace(e.value, &p.Timeout, here, positive)
		case "confirm":
			d.value(e.value, reflect.ValueOf(&p.Confirm).Elem(), &field{min: &bound{1, "1"}, max: &bound{100, "100"}}, here)
		}
	}
	d.timeout(pairs, p, k, ownTimeout, at)
	info := d.model.config(k)
	if info == nil {
		info = &structInfo{}
	}
	config := reflect.ValueOf(p.Config)
	if config.IsValid() {
		config = config.Elem()
	}
	return d.fields(pairs, config, info, at, common)
}

// requireSettings reports settings that neither the probe nor the defaults of
// its kind give.
func (d *decoder) requireSettings(n *yaml.Node, pairs []pair, meant []string, k *ProbeKind, at *place) {
	info := d.model.config(k)
	if info == nil {
		return
	}
	base := d.defaults[k.Name]
	for _, f := range info.fields {
		if f.required && !hasKey(pairs, f.name) &&
			(base == nil || reflect.ValueOf(base.Config).Elem().FieldByIndex(f.index).IsZero()) {
			d.lacks(n, f, meant, at)
		}
	}
}

// pace reads an interval or a time-out, and reports whether it is good.
func (d *decoder) pace(n *yaml.Node, to *time.Duration, at *place, check func(time.Duration) error) bool {
	before := len(d.problems)
	var length time.Duration
	d.value(n, reflect.ValueOf(&length).Elem(), &field{}, at)
	if len(d.problems) > before {
		return false
	}
	if err := check(length); err != nil {
		d.problem(n, at, "%s", err)
		return false
	}
	*to = length
	return true
}

// timeout checks the time-out against the interval. One that comes from
// defaults gives way to a shorter interval.
func (d *decoder) timeout(pairs []pair, p *Probe, k *ProbeKind, own bool, at *place) {
	most, why := p.Interval, "no longer than the interval"
	if k.MaxTimeout > 0 {
		most, why = k.MaxTimeout, "no longer for "+k.Name
	}
	if p.Timeout <= most {
		return
	}
	if !own {
		p.Timeout = most
		return
	}
	for _, e := range pairs {
		if e.key == "timeout" {
			d.problem(e.value, at.child(e.key, e.keyNode), "%s is too long: a time-out is at most %s here, %s", FormatDuration(p.Timeout), FormatDuration(most), why)
		}
	}
}

// probeAddress reads the address of a probe. A kind that completes addresses by
// a port takes one that has a port already.
func (d *decoder) probeAddress(n *yaml.Node, p *Probe, at *place) string {
	alias := n
	n = d.follow(alias, at)
	if n == nil {
		return ""
	}
	defer d.leave(alias)
	if badTag(n) || !d.isWord(n, typeString, &field{host: true}, at) {
		d.badAddress[p] = true
		if badTag(n) {
			d.problem(n, at, "%s", explainTag(n))
		}
		return ""
	}
	parse := ParseHost
	if _, ok := p.Config.(Addresser); ok {
		parse = parseHostPort
	}
	address, err := parse(n.Value)
	if err == nil {
		err = firstError(switchAsHost(n), numberAsHost(n))
	}
	if err != nil {
		d.problem(n, at, "%s", err)
		d.badAddress[p] = true
	}
	return address
}

// probes completes the probes of a target: their addresses, and what is wrong
// with them together. Host and credential are nil for a target that has none of
// its own.
func (r *report) probes(host, credential *string, lists ...[]*Probe) {
	d := r.decoder
	type key struct{ name, address string }
	seen := map[key]*Probe{}
	for _, list := range lists {
		for _, p := range list {
			if !d.complete(p, host) {
				continue
			}
			k := key{p.Name, p.Address}
			if first := seen[k]; first != nil {
				d.problemAt(p.Pos, d.probeAt[p], fmt.Sprintf("%s of %s is probed already, at %s: leave one out, or give it a name of its own with kind: %s",
					p.Name, p.Address, first.Pos.seenFrom(p.Pos), p.Kind))
				continue
			}
			seen[k] = p
			r.checkScope(p, host)
			d.checkCredential(p, credential, r.given("credential"))
		}
	}
}

// complete gives a probe its address.
func (d *decoder) complete(p *Probe, host *string) bool {
	if p.Address == "" && host != nil {
		p.Address = *host
	}
	if a, ok := p.Config.(Addresser); ok {
		p.Address = a.ProbeAddress(p.Address)
	}
	if hostOf(p.Address) != "" {
		if c, ok := p.Config.(AddressChecker); ok && !d.faulty[p] {
			for _, message := range c.CheckAddress(p.Address) {
				d.problemAt(p.Pos, d.probeAt[p], message)
			}
		}
		return true
	}
	// A bad address, or a target without one, has been reported already; settings
	// that are wrong may be those that would have given one.
	_, completes := p.Config.(Addresser)
	if !d.badAddress[p] && host == nil && !(completes && d.faulty[p]) {
		d.problemAt(p.Pos, d.probeAt[p], fmt.Sprintf("the probe has no address: write %s: ADDRESS, or address: among its settings", p.Name))
	}
	return false
}

// hostOf returns an address without its port.
func hostOf(address string) string {
	if host, _, err := net.SplitHostPort(address); err == nil {
		return host
	}
	return address
}

// checkCredential refuses SNMP without a credential. A nil credential is that of
// a target that cannot have one; one that is given and empty has been reported.
func (d *decoder) checkCredential(p *Probe, credential *string, given bool) {
	switch {
	case p.Kind != kindSNMP:
	case credential == nil:
		d.problemAt(p.Pos, d.probeAt[p], "only devices and endpoints are asked over SNMP: write the device under devices, and name its interface here with interface:")
	case *credential == "" && !given:
		d.problemAt(p.Pos, d.probeAt[p], "snmp needs a credential: add credential: with the id of one that has snmp")
	}
}

// addDefault adds a probe that nobody wrote.
func (r *report) addDefault(set ProbeSet, kind string) ProbeSet {
	k := r.decoder.model.kind[kind]
	if k == nil {
		return set
	}
	p := r.decoder.newProbe(kind, k, r.place)
	p.Pos = r.pos()
	return append(set, p)
}

func positive(d time.Duration) error {
	if d < time.Millisecond {
		return fmt.Errorf("%s is too short: a time-out is at least 1ms", FormatDuration(d))
	}
	return nil
}
