package snmp

import (
	"fmt"

	"github.com/gosnmp/gosnmp"

	"wanwatch/inventory"
	"wanwatch/probes"
)

// security is what a session authenticates with. It is read when the session
// is opened, so that a secret replaced on disk is used after the next failure.
type security struct {
	version       gosnmp.SnmpVersion
	community     string
	flags         gosnmp.SnmpV3MsgFlags
	usm           *gosnmp.UsmSecurityParameters
	context       string
	contextEngine string
}

// authProtocols are those of RFC 3414 and RFC 7860.
var authProtocols = map[string]gosnmp.SnmpV3AuthProtocol{
	"md5": gosnmp.MD5, "sha": gosnmp.SHA, "sha224": gosnmp.SHA224,
	"sha256": gosnmp.SHA256, "sha384": gosnmp.SHA384, "sha512": gosnmp.SHA512,
}

// privProtocols are those of RFC 3414 and RFC 3826, and AES with longer keys:
// extended as draft-blumenthal-aes-usm-04 does it, or, with a c at the end, as
// draft-reeder-snmpv3-usm-3desede does it, which Cisco took up.
var privProtocols = map[string]gosnmp.SnmpV3PrivProtocol{
	"des": gosnmp.DES, "aes": gosnmp.AES, "aes192": gosnmp.AES192, "aes256": gosnmp.AES256,
	"aes192c": gosnmp.AES192C, "aes256c": gosnmp.AES256C,
}

// readSecurity reads the secrets of a credential. Its errors have
// ReasonCredential and name files and variables, never what they hold.
func readSecurity(c *inventory.SNMPCredential) (security, error) {
	switch {
	case c == nil:
		return security{}, failf(probes.ReasonCredential, "there is no SNMP credential: write credential: with the id of one that has snmp:")
	case c.Version == "2c":
		community, err := readSecret("community", c.Community)
		if err == nil && len(community) > 127 {
			err = failf(probes.ReasonCredential, "the community is longer than 127 bytes: is it the right file?")
		}
		return security{version: gosnmp.Version2c, community: community}, err
	case c.Version == "3":
		return readUSM(c)
	}
	return security{}, failf(probes.ReasonCredential, "SNMP version %q is not known: write 2c or 3", c.Version)
}

func readUSM(c *inventory.SNMPCredential) (security, error) {
	usm := &gosnmp.UsmSecurityParameters{
		UserName:               c.User,
		AuthenticationProtocol: gosnmp.NoAuth,
		PrivacyProtocol:        gosnmp.NoPriv,
	}
	s := security{version: gosnmp.Version3, flags: gosnmp.Reportable, usm: usm, context: c.Context}
	if c.User == "" {
		return s, failf(probes.ReasonCredential, "SNMP version 3 needs a user")
	}
	if c.Auth == "" && c.Priv != "" {
		return s, failf(probes.ReasonCredential, "priv: %s needs auth beside it (RFC 3414, section 1.4.3)", c.Priv)
	}
	if c.Auth != "" {
		var ok bool
		if usm.AuthenticationProtocol, ok = authProtocols[c.Auth]; !ok {
			return s, failf(probes.ReasonCredential, "auth: %q is not known", c.Auth)
		}
		var err error
		if usm.AuthenticationPassphrase, err = readSecret("auth_password", c.AuthPassword); err != nil {
			return s, err
		}
		s.flags |= gosnmp.AuthNoPriv
	}
	if c.Priv != "" {
		var ok bool
		if usm.PrivacyProtocol, ok = privProtocols[c.Priv]; !ok {
			return s, failf(probes.ReasonCredential, "priv: %q is not known", c.Priv)
		}
		var err error
		if usm.PrivacyPassphrase, err = readSecret("priv_password", c.PrivPassword); err != nil {
			return s, err
		}
		s.flags |= gosnmp.AuthPriv
	}
	return s, nil
}

func readSecret(what string, secret inventory.Secret) (string, error) {
	if secret.IsZero() {
		return "", failf(probes.ReasonCredential, "the credential has no %s", what)
	}
	text, err := secret.Read()
	switch {
	case err != nil:
		return "", &Error{Reason: probes.ReasonCredential, Detail: fmt.Sprintf("read the %s: %v", what, err), cause: err}
	case text == "":
		return "", failf(probes.ReasonCredential, "the %s is empty", what)
	}
	return text, nil
}
