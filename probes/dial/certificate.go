package dial

import (
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"
)

// earliestExpiry returns when the first certificate of the chain expires.
func earliestExpiry(chain []*x509.Certificate) time.Time {
	var first time.Time
	for _, c := range chain {
		if first.IsZero() || c.NotAfter.Before(first) {
			first = c.NotAfter
		}
	}
	return first
}

// verify checks the chain that a server presented and returns everything that
// is wrong with it, or "". Nil roots are this host's.
func verify(chain []*x509.Certificate, roots *x509.CertPool, name string, now time.Time) string {
	leaf := chain[0]
	var faults []string
	at := now
	switch {
	case now.After(leaf.NotAfter):
		faults = append(faults, fmt.Sprintf("it expired on %s, for %s", day(leaf.NotAfter), names(leaf)))
		at = leaf.NotAfter // the rest is judged as of its last moment
	case now.Before(leaf.NotBefore):
		faults = append(faults, fmt.Sprintf("it is valid only from %s, for %s (is this host's clock right?)", day(leaf.NotBefore), names(leaf)))
		at = leaf.NotBefore
	}
	if leaf.VerifyHostname(name) != nil {
		faults = append(faults, fmt.Sprintf("it is for %s, not for %s", names(leaf), name))
	}
	intermediates := x509.NewCertPool()
	for _, c := range chain[1:] {
		intermediates.AddCert(c)
	}
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: intermediates, CurrentTime: at}); err != nil {
		faults = append(faults, chainFault(leaf, err))
	}
	return strings.Join(faults, "; ")
}

// chainFault says why a chain does not lead to a trusted authority.
func chainFault(leaf *x509.Certificate, err error) string {
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &unknown) && leaf.CheckSignatureFrom(leaf) == nil, errors.As(err, &unknown) && leaf.Subject.String() == leaf.Issuer.String():
		return "it is self-signed: name it in tls_config.ca_file to trust it"
	case errors.As(err, &unknown):
		return fmt.Sprintf("its issuer %s is not trusted, or an intermediate certificate is missing: name the authority in tls_config.ca_file to trust it", leaf.Issuer)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Sprintf("the certificate of its issuer %s is out of its dates (until %s)", names(invalid.Cert), day(invalid.Cert.NotAfter))
	default:
		return strings.TrimPrefix(err.Error(), "x509: ")
	}
}

// names lists what a certificate is for: its alternative names (RFC 9525), or
// its subject where it has none.
func names(c *x509.Certificate) string {
	list := append([]string(nil), c.DNSNames...)
	for _, ip := range c.IPAddresses {
		list = append(list, ip.String())
	}
	const most = 5
	if len(list) > most {
		list = append(list[:most], fmt.Sprintf("%d more", len(list)-most))
	}
	if len(list) == 0 {
		return c.Subject.String()
	}
	return strings.Join(list, ", ")
}

func day(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
