package dial

import (
	"context"
	"errors"
	"net/netip"
	"strings"

	"wanwatch/probes"
)

// Addresses returns the addresses of the host to try, in order: those of the wanted
// family and of the source's.
func (d *Dialer) Addresses(ctx context.Context, trace *probes.Trace) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(d.Host); err == nil {
		return d.usable([]netip.Addr{a})
	}
	trace.Logf("resolve %s", d.Host)
	texts, err := d.Resolver.LookupHost(ctx, d.Host)
	if err != nil {
		trace.Logf("resolve %s: %v", d.Host, err)
		return nil, d.resolveFailure(ctx, err)
	}
	trace.Logf("resolve %s: %s", d.Host, strings.Join(texts, ", "))
	var found []netip.Addr
	for _, text := range texts {
		if a, err := netip.ParseAddr(text); err == nil {
			found = append(found, a)
		}
	}
	return d.usable(found)
}

// usable keeps the addresses of the wanted family and of the source's family.
func (d *Dialer) usable(all []netip.Addr) ([]netip.Addr, error) {
	family := d.Family
	if source, err := netip.ParseAddr(d.Source); err == nil {
		family = "ip6"
		if source.Unmap().Is4() {
			family = "ip4"
		}
	}
	var kept []netip.Addr
	for _, a := range all {
		a = a.Unmap()
		if family == "" || family == "any" || a.Is4() == (family == "ip4") {
			kept = append(kept, a)
		}
	}
	if len(kept) > 0 {
		return kept, nil
	}
	if len(all) == 0 || family == "" || family == "any" {
		return nil, Failf(probes.ReasonResolve, "%s has no address", d.Host)
	}
	return nil, Failf(probes.ReasonResolve, "%s has no %s address", d.Host, family)
}

// resolveFailure is the failure of a lookup, unless the probe was stopped.
func (d *Dialer) resolveFailure(ctx context.Context, err error) *Failure {
	if errors.Is(ctx.Err(), context.Canceled) {
		return Explain(ctx.Err())
	}
	if probes.NoAddress(err) {
		return Failf(probes.ReasonResolve, "the name %s does not exist or has no address", d.Host)
	}
	f := Failf(probes.ReasonResolve, "%s could not be looked up, the resolver gave no usable answer: %v", d.Host, err)
	f.Blind = true
	return f
}
