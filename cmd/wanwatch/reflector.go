package main

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/spf13/pflag"

	"wanwatch/internal/app"
)

// reflectorFlags adds the flags of answering STAMP senders.
func reflectorFlags(f *pflag.FlagSet, r *app.Reflector) {
	f.StringArrayVar(&r.Listen, "stamp.reflector", nil, "`address` at which STAMP senders are answered, :862 or host:port; may be given several times")
	f.Var((*networks)(&r.Allow), "stamp.allow", "`networks` whose STAMP senders are answered, such as 10.0.0.0/8,2001:db8::/32; may be given several times")
}

// asTableFlag adds the flag of the names of networks.
func asTableFlag(f *pflag.FlagSet, path *string) {
	f.StringVar(path, "trace.as-table", "", "`file` that names the networks of traces by their prefixes: lines such as 203.0.113.0/24 64512 VNPT")
}

// networks are prefixes, separated by commas.
type networks []netip.Prefix

func (n *networks) String() string {
	var list []string
	for _, p := range *n {
		list = append(list, p.String())
	}
	return strings.Join(list, ",")
}

func (*networks) Type() string { return "networks" }

// Set adds prefixes; a single address is one of its own.
func (n *networks) Set(text string) error {
	for word := range strings.SplitSeq(text, ",") {
		word = strings.TrimSpace(word)
		p, err := netip.ParsePrefix(word)
		if a, e := netip.ParseAddr(word); e == nil {
			p, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil {
			return fmt.Errorf("%q is no network: write 10.0.0.0/8 or an address", word)
		}
		*n = append(*n, p.Masked())
	}
	return nil
}
