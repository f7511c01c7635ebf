package sip

import (
	"github.com/icholy/digest"

	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/dial"
)

// authorize answers the challenge of a 401 or 407 and returns the header line to send
// (RFC 3261, section 22; RFC 7616).
func authorize(r *response, uri string, c *inventory.UserPassword) (string, error) {
	ask, answer := "Www-Authenticate", "Authorization: "
	if r.status == 407 {
		ask, answer = "Proxy-Authenticate", "Proxy-Authorization: "
	}
	password, err := c.Password.Read()
	if err != nil {
		return "", dial.Failf(probes.ReasonCredential, "%v", err)
	}
	// A server lists its challenges with the one that it likes best first (RFC 8760,
	// section 2.3); a client takes the first that it can do.
	for _, text := range r.header[ask] {
		challenge, err := digest.ParseChallenge(text)
		if err != nil || !digest.CanDigest(challenge) {
			continue
		}
		credentials, err := digest.Digest(challenge, digest.Options{Method: "OPTIONS", URI: uri, Username: c.User, Password: password, Count: 1})
		if err == nil {
			return answer + credentials.String(), nil
		}
	}
	return "", dial.Failf(probes.ReasonAuth, "the server asks for a kind of authentication that wanwatch cannot do: %.100q", probes.Printable(r.header.Get(ask)))
}
