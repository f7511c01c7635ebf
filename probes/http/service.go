package http

// The ready-made checks, by the setting service.
const (
	jitsi         = "jitsi"
	bigBlueButton = "bigbluebutton"
	anyService    = "web"
)

// ready fills in what a service needs and the settings do not say.
func (c Config) ready() Config {
	fill := func(path, body string) {
		if c.Path == "/" && c.URL == "" {
			c.Path = path
		}
		if c.Body == "" {
			c.Body = body
		}
	}
	switch c.Service {
	case jitsi:
		// A browser at the door of Prosody, Jitsi Meet's XMPP server, is told that it
		// works and is meant for BOSH clients (XEP-0124).
		fill("/http-bind", `(?i)bosh`)
	case bigBlueButton:
		// Without a call and a checksum the API tells its version and nothing else.
		fill("/bigbluebutton/api", `<returncode>SUCCESS</returncode>`)
	case anyService:
		c.Redirects = max(c.Redirects, 3)
	}
	return c
}
