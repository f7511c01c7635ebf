package app

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"

	"github.com/prometheus/exporter-toolkit/web"
	"gopkg.in/yaml.v3"
)

// protection is what keeps strangers out of the web server.
type protection struct {
	tls      bool
	password bool // or a client certificate, which is as good
}

// ExposedError says that an address would let other hosts read the map of the
// network, because TLS, a password or both are not set up.
type ExposedError struct {
	Address string
	Lacks   string // "TLS", "password" or "TLS and no password"
}

// Error says what is refused and why. What to do about it depends on how the
// program is told its options, so the caller adds it.
func (e *ExposedError) Error() string {
	return fmt.Sprintf("refusing to listen on %s: other hosts could connect, and there is no %s", e.Address, e.Lacks)
}

// readProtection checks a web configuration file and returns what it sets up;
// nothing, if no file is named.
func readProtection(file string) (protection, error) {
	if file == "" {
		return protection{}, nil
	}
	if err := web.Validate(file); err != nil {
		return protection{}, fmt.Errorf("web configuration file %s: %w%s", file, err, passwordAdvice(err))
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return protection{}, fmt.Errorf("web configuration file: %w", err)
	}
	var c web.Config
	if err := yaml.Unmarshal(data, &c); err != nil {
		return protection{}, fmt.Errorf("web configuration file %s: %w", file, err)
	}
	return protection{
		tls:      c.TLSConfig.IsEnabled(),
		password: len(c.Users) > 0 || c.TLSConfig.ClientAuth == "RequireAndVerifyClientCert",
	}, nil
}

// passwordAdvice says what a password in basic_auth_users must be, where that is what
// is wrong. The toolkit passes on bcrypt's own words for it.
func passwordAdvice(err error) string {
	if !strings.Contains(err.Error(), "bcrypt") {
		return ""
	}
	return ": a password there is a bcrypt hash; make one with htpasswd -nBC 10 USER"
}

// lacks says what is missing of both protections.
func (p protection) lacks() string {
	switch {
	case p.tls && p.password:
		return ""
	case p.tls:
		return "password"
	case p.password:
		return "TLS"
	}
	return "TLS and no password"
}

// check returns an [*ExposedError] for each address that other hosts can reach
// without both protections.
func (p protection) check(addresses []string) error {
	lacks := p.lacks()
	if lacks == "" {
		return nil
	}
	var errs []error
	for _, address := range addresses {
		if !loopback(address) {
			errs = append(errs, &ExposedError{Address: address, Lacks: lacks})
		}
	}
	return errors.Join(errs...)
}

// loopback reports whether only this host can connect to an address. Of names
// only localhost does: RFC 6761, section 6.3, fixes what it means, while
// another may resolve to anything by the time it is opened.
func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}
