package sip

import (
	"strings"

	"wanwatch/inventory"
	"wanwatch/probes/dial"
)

// Config are the settings of a sip probe.
type Config struct {
	Transport  string          `yaml:"transport" enum:"udp|tcp|tls" doc:"Transport; udp if left out."`
	Port       int             `yaml:"port" min:"1" max:"65535" doc:"Port; 5060, or 5061 for tls, if left out."`
	Room       string          `yaml:"room" doc:"User part or address of a room: the OPTIONS goes through the probe's address, as a proxy, to this room. Left out, the address itself is asked." example:"phong-hop@hop.example"`
	From       string          `yaml:"from" doc:"User part of the From header; wanwatch if left out."`
	Credential string          `yaml:"credential" ref:"credentials.sip" doc:"Credential of the type sip, used if the server asks for digest authentication."`
	Accept     []int           `yaml:"accept" min:"200" max:"699" doc:"Further status codes that count as success."`
	TLSConfig  *dial.TLSConfig `yaml:"tls_config" doc:"Settings of TLS, for the transport tls."`
	Source     string          `yaml:"source" doc:"Address of this host to send from."`
	DSCP       inventory.DSCP  `yaml:"dscp" doc:"DSCP of the packets." example:"CS5"`
}

// The interfaces of the inventory that the settings implement.
var (
	_ inventory.Checker   = (*Config)(nil)
	_ inventory.Addresser = (*Config)(nil)
	_ inventory.Referrer  = (*Config)(nil)
)

// Check reports settings that contradict each other, or would break a message.
func (c *Config) Check() []string {
	problems := append(c.TLSConfig.CheckTransport(c.Transport), dial.CheckSource(c.Source, "")...)
	if !isAddress(c.Room) {
		problems = append(problems, "room: write the user part alone, or user@domain, without sip: and spaces")
	}
	if !isUser(c.From) {
		problems = append(problems, "from: write a user part: letters, digits and -_.!~*'()&=+$,;?/")
	}
	return problems
}

// Refers implements inventory.Referrer.
func (c *Config) Refers() (credential, endpoint string) { return c.Credential, "" }

// ProbeAddress completes the address by the port.
func (c *Config) ProbeAddress(host string) string {
	port := c.Port
	switch {
	case port != 0:
	case c.Transport == "tls":
		port = 5061
	default:
		port = 5060
	}
	return dial.JoinAddress(host, port)
}

// isAddress reports whether a text is user or user@host.
func isAddress(text string) bool {
	user, host, found := strings.Cut(text, "@")
	return isUser(user) && (!found || user != "" && isHost(host))
}

// userMarks are the characters beside letters and digits that stand in a user part
// without being escaped (RFC 3261, section 25.1: unreserved, user-unreserved).
const userMarks = "-_.!~*'()&=+$,;?/"

func isUser(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return !isAlphanumeric(r) && !strings.ContainsRune(userMarks, r) })
}

func isHost(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool { return !isAlphanumeric(r) && !strings.ContainsRune("-.:[]", r) })
}

func isAlphanumeric(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}
