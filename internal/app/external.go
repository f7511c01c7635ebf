package app

import (
	"cmp"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
)

// externalURL stands before the links in alerts and reports.
func (a *App) externalURL() string {
	if a.opts.ExternalURL != "" {
		return strings.TrimRight(a.opts.ExternalURL, "/")
	}
	scheme := "http"
	if a.secure.tls {
		scheme = "https"
	}
	return scheme + "://" + linked(a.Addr())
}

// linked returns what a link says for an address: a wildcard is no destination, and
// whoever reads an alert is elsewhere, so it is the name of this host then.
func linked(addr net.Addr) string {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok || !tcp.IP.IsUnspecified() {
		return addr.String()
	}
	name, _ := os.Hostname() // a host without a name is reached from itself at least
	return net.JoinHostPort(cmp.Or(name, "localhost"), fmt.Sprint(tcp.Port))
}

// checkExternalURL refuses what no path can be appended to.
func checkExternalURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return optionf("--web.external-url %q: no URL of wanwatch: write http://host:port or https://host/path", text)
	}
	return nil
}
