package dns

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"wanwatch/probes"
)

// judge says why an answer is not what the settings want; no reason: it is.
func (c *Config) judge(m *dns.Msg) (reason probes.Reason, why string) {
	switch m.Rcode {
	case dns.RcodeSuccess:
	case dns.RcodeNameError:
		if c.NXDomain {
			return "", ""
		}
		return probes.ReasonContent, "the name does not exist"
	case dns.RcodeServerFailure:
		return probes.ReasonUnavailable, "the server cannot answer: the servers of the name do not answer it, or a signature is wrong"
	default:
		return probes.ReasonStatus, "the server refuses the question"
	}
	values := c.values(m)
	switch {
	case c.NXDomain:
		return probes.ReasonContent, "the name exists, and should not"
	case len(values) == 0:
		return probes.ReasonContent, "there is no record of the type " + c.Type
	case c.DNSSEC && !m.AuthenticatedData:
		return probes.ReasonContent, "the answer is not marked as authenticated (no AD flag)"
	}
	for _, want := range c.Expect {
		if !slices.Contains(values, normal(want)) {
			return probes.ReasonContent, fmt.Sprintf("it holds %s, and not %s", strings.Join(values, ", "), want)
		}
	}
	return "", ""
}

// values returns what the records of the type say, in one spelling.
func (c *Config) values(m *dns.Msg) []string {
	var list []string
	for _, rr := range m.Answer {
		if rr.Header().Rrtype == dns.StringToType[c.Type] {
			list = append(list, normal(strings.TrimPrefix(rr.String(), rr.Header().String())))
		}
	}
	return list
}

// normal spells a value in one way: addresses as RFC 5952 wants them, the rest in
// lower case, without the last dot and the quotes around a single text.
func normal(value string) string {
	if a, err := netip.ParseAddr(value); err == nil {
		return a.String()
	}
	value = strings.ToLower(strings.TrimSuffix(strings.Join(strings.Fields(value), " "), "."))
	if len(value) > 1 && strings.Count(value, `"`) == 2 && value[0] == '"' && value[len(value)-1] == '"' {
		return value[1 : len(value)-1]
	}
	return value
}
