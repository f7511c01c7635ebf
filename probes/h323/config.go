package h323

import (
	"strings"
	"unicode/utf8"

	"wanwatch/inventory"
	"wanwatch/probes/dial"
)

// Config are the settings of an h323 probe.
type Config struct {
	Port       int            `yaml:"port" min:"1" max:"65535" doc:"Call signalling port; 1720 if left out."`
	Gatekeeper string         `yaml:"gatekeeper" ref:"endpoints" doc:"Endpoint of the type gatekeeper or mcu that is asked whether the alias is registered."`
	Alias      string         `yaml:"alias" doc:"H.323 id or E.164 number under which the room is registered." example:"haichau"`
	Discover   bool           `yaml:"discover" doc:"The address is a gatekeeper, and is asked on its RAS port whether it works; its signalling port is left alone."`
	RASPort    int            `yaml:"ras_port" min:"1" max:"65535" doc:"RAS port of the gatekeeper; 1719 if left out."`
	Source     string         `yaml:"source" doc:"Address of this host to send from; the gatekeeper answers to it."`
	DSCP       inventory.DSCP `yaml:"dscp" doc:"DSCP of the packets."`
}

// The interfaces of the inventory that the settings implement.
var (
	_ inventory.Checker   = (*Config)(nil)
	_ inventory.Addresser = (*Config)(nil)
	_ inventory.Referrer  = (*Config)(nil)
)

// Check reports settings that contradict each other, and an alias that is too long.
func (c *Config) Check() []string {
	problems := dial.CheckSource(c.Source, "")
	switch {
	case c.Gatekeeper != "" && c.Alias == "":
		problems = append(problems, "gatekeeper needs the alias to ask it for: write alias: as the room is registered")
	case c.Alias != "" && c.Gatekeeper == "":
		problems = append(problems, "alias needs the gatekeeper to ask: write gatekeeper: with the id of an endpoint")
	case c.Discover && c.Gatekeeper != "":
		problems = append(problems, "discover is for a gatekeeper, and gatekeeper for a room: leave one out")
	}
	if utf8.RuneCountInString(c.Alias) > maxAlias || strings.ContainsFunc(c.Alias, func(r rune) bool { return r > maxBMP }) {
		problems = append(problems, "alias: an H.323 id has at most 256 characters, all of the Basic Multilingual Plane (no emoji)")
	}
	return problems
}

// Refers implements inventory.Referrer.
func (c *Config) Refers() (credential, endpoint string) { return "", c.Gatekeeper }

// ProbeAddress completes the address by the port that is asked first: that of
// signalling, or of a gatekeeper the one of RAS.
func (c *Config) ProbeAddress(host string) string {
	if c.Discover {
		return dial.JoinAddress(host, c.RASPort)
	}
	return dial.JoinAddress(host, c.Port)
}
