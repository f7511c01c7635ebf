package probes

import (
	"errors"
	"net"
)

// NoAddress reports whether an error of a lookup says that the name has no
// address. Any other error says that nobody could be asked, so that nothing is
// known about the target: its outcome is Unknown, though its reason is
// ReasonResolve as well.
func NoAddress(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && dns.IsNotFound
}

// unasked explains ReasonResolve where nobody could be asked.
var unasked = Advice{
	Means: "the name could not be looked up: this host's resolver gave no usable answer",
	Do:    "check /etc/resolv.conf and that the DNS server named there answers this host, or write an IP address",
	Self:  true,
}
