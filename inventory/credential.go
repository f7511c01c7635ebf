package inventory

import "strings"

// Credential is how to authenticate to a device. Exactly one of its fields is set.
type Credential struct {
	ID   string          `yaml:"-"`
	SNMP *SNMPCredential `yaml:"snmp" doc:"SNMP version 2c or 3."`
	HTTP *UserPassword   `yaml:"http" doc:"HTTP basic authentication."`
	SIP  *UserPassword   `yaml:"sip" doc:"SIP digest authentication."`
	TURN *UserPassword   `yaml:"turn" doc:"TURN long-term credential."`
	Pos  Pos             `yaml:"-"`
}

// UserPassword is a user name with a password.
type UserPassword struct {
	User     string `yaml:"user,required" doc:"User name."`
	Password Secret `yaml:"password,required" doc:"Password, by reference."`
}

// SNMPCredential is the security of SNMPv2c (a community) or of SNMPv3's
// user-based security model (RFC 3414, RFC 3826, RFC 7860).
type SNMPCredential struct {
	Version      string `yaml:"version,required" enum:"2c|3" doc:"SNMP version."`
	Community    Secret `yaml:"community" doc:"Community, version 2c only."`
	User         string `yaml:"user" doc:"Security name, version 3 only."`
	Auth         string `yaml:"auth" enum:"md5|sha|sha224|sha256|sha384|sha512" doc:"Authentication protocol, version 3 only."`
	AuthPassword Secret `yaml:"auth_password" doc:"Authentication password of at least 8 characters."`
	Priv         string `yaml:"priv" enum:"des|aes|aes192|aes256|aes192c|aes256c" doc:"Privacy protocol; aes192c and aes256c are Cisco's (Reeder) key extension."`
	PrivPassword Secret `yaml:"priv_password" doc:"Privacy password of at least 8 characters."`
	Context      string `yaml:"context" doc:"Context name, version 3 only."`
}

// parts returns the names of the parts that are set.
func (c *Credential) parts() []string {
	var set []string
	for _, p := range []struct {
		name string
		set  bool
	}{{"snmp", c.SNMP != nil}, {"http", c.HTTP != nil}, {"sip", c.SIP != nil}, {"turn", c.TURN != nil}} {
		if p.set {
			set = append(set, p.name)
		}
	}
	return set
}

func (c *Credential) check(r *report) {
	switch {
	case len(c.parts()) == 0 && r.sound():
		r.whole("the credential is empty: write one of snmp, http, sip or turn")
	case len(c.parts()) > 1:
		r.whole("a credential is for one thing, not for %s: write one entry for each", strings.Join(c.parts(), " and "))
	}
}

func (c *SNMPCredential) check(r *report) {
	switch c.Version {
	case "2c":
		r.needs("community", "version 2c")
		for _, key := range []string{"user", "auth", "auth_password", "priv", "priv_password", "context"} {
			r.refuses(key, "belongs to version 3, not to 2c: remove it, or write version: 3")
		}
	case "3":
		r.needs("user", "version 3")
		r.refuses("community", "belongs to version 2c, not to 3: remove it, or write version: 2c")
		r.together("auth", "auth_password")
		r.together("priv", "priv_password")
		if r.has("priv") && !r.given("auth") && !r.given("auth_password") {
			r.problem("priv", "privacy without authentication is not possible in SNMP: add auth and auth_password")
		}
	}
}

// needs reports a key that is missing.
func (r *report) needs(key, what string) {
	if !r.given(key) {
		r.whole("%q is missing, which %s needs", key, what)
	}
}

// refuses reports a key that should not be there.
func (r *report) refuses(key, why string) {
	if r.has(key) {
		r.problem(key, "%q %s", key, why)
	}
}

// together reports one of two keys that stands without the other.
func (r *report) together(a, b string) {
	for _, k := range [][2]string{{a, b}, {b, a}} {
		if r.has(k[0]) && !r.given(k[1]) {
			r.problem(k[0], "%q needs %q beside it", k[0], k[1])
		}
	}
}
