package http

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"wanwatch/inventory"
	"wanwatch/probes/dial"
	"wanwatch/probes/http/client"
)

// Config are the settings of an http probe.
type Config struct {
	URL        string                            `yaml:"url" doc:"The whole URL, in place of tls, port and path; the connection goes to its host, not to the target's address." example:"https://hop.example/health"`
	TLS        bool                              `yaml:"tls" doc:"HTTPS."`
	Port       int                               `yaml:"port" min:"1" max:"65535" doc:"Port; 80, or 443 with tls, if left out."`
	Path       string                            `yaml:"path" doc:"Path and query; / if left out."`
	Host       string                            `yaml:"host" doc:"Host header and TLS server name, where they differ from the address."`
	Method     string                            `yaml:"method" enum:"GET|HEAD" doc:"GET if left out."`
	Service    string                            `yaml:"service" enum:"jitsi|bigbluebutton|web" doc:"Ready-made checks of a conference server."`
	Status     []int                             `yaml:"status" min:"100" max:"599" doc:"Status codes that count as success; 200 if left out."`
	Body       string                            `yaml:"body" doc:"Regular expression (RE2) that the first 64 KiB of the body must match."`
	Headers    map[string]inventory.TextOrSecret `yaml:"headers" doc:"Headers to send; those that hold a secret by reference."`
	Expect     map[string]string                 `yaml:"expect_headers" doc:"Headers of the answer: regular expressions (RE2) that their values must match."`
	Redirects  int                               `yaml:"redirects" min:"0" max:"10" doc:"How many redirects are followed."`
	Credential string                            `yaml:"credential" ref:"credentials.http" doc:"Credential of the type http, for basic authentication."`
	TLSConfig  *dial.TLSConfig                   `yaml:"tls_config" doc:"Settings of TLS."`
	Source     string                            `yaml:"source" doc:"Address of this host to send from."`
	DSCP       inventory.DSCP                    `yaml:"dscp" doc:"DSCP of the packets."`
}

// The interfaces of the inventory that the settings implement.
var (
	_ inventory.Checker   = (*Config)(nil)
	_ inventory.Addresser = (*Config)(nil)
	_ inventory.Referrer  = (*Config)(nil)
)

// Refers implements inventory.Referrer.
func (c *Config) Refers() (credential, endpoint string) { return c.Credential, "" }

// Check reports settings that contradict each other or cannot be read.
func (c *Config) Check() []string {
	problems := dial.CheckSource(c.Source, "")
	secure := c.TLS
	if c.Host != "" {
		if err := inventory.CheckHost(c.Host); err != nil {
			problems = append(problems, "host: "+err.Error())
		}
	}
	if c.URL != "" {
		u, err := url.Parse(c.URL)
		switch {
		case err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https"):
			problems = append(problems, "url must look like https://host/path")
		case u.User != nil:
			problems = append(problems, "url must not hold a user or password: write credential: with the id of one")
		default:
			secure = u.Scheme == "https"
			if err := inventory.CheckHost(u.Host); err != nil {
				problems = append(problems, "url: "+err.Error())
			}
		}
		if c.TLS || c.Port != 0 || c.Path != "/" {
			problems = append(problems, "url stands in place of tls, port and path: write one or the others")
		}
	} else if !strings.HasPrefix(c.Path, "/") {
		problems = append(problems, "path must begin with /")
	}
	if c.TLSConfig != nil && !secure {
		problems = append(problems, "tls_config needs tls: true or a URL that begins with https://")
	}
	problems = append(problems, checkPattern("body", c.Body)...)
	for _, name := range slices.Sorted(maps.Keys(c.Expect)) {
		problems = append(problems, checkPattern("expect_headers."+name, c.Expect[name])...)
	}
	problems = append(problems, client.CheckHeaders(c.Headers)...)
	return append(problems, c.TLSConfig.Check()...)
}

// ProbeAddress returns the URL's host and port, or completes the address by
// the port.
func (c *Config) ProbeAddress(host string) string {
	secure, port := c.TLS, c.Port
	if u, err := url.Parse(c.URL); err == nil && u.Host != "" {
		host, secure = u.Host, u.Scheme == "https"
	}
	return dial.JoinAddress(host, client.Port(port, secure))
}

func checkPattern(field, pattern string) []string {
	if _, err := regexp.Compile(pattern); err != nil {
		return []string{field + ": " + err.Error()}
	}
	return nil
}
