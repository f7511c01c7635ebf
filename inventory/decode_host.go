package inventory

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// switchAsHost refuses a word that is meant to turn a probe on or off. The host
// of such a name is written in quotes.
func switchAsHost(n *yaml.Node) error {
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
		return nil
	}
	switch strings.ToLower(n.Value) {
	case "true", "yes", "on":
		return fmt.Errorf("%s is no address: write one, or {} for the address of the device or endpoint itself", quote(n.Value))
	case "false", "no", "off":
		return fmt.Errorf("%s is no address: write one, or leave the probe out", quote(n.Value))
	}
	return nil
}

// wordAsHost refuses what YAML may take for true or false, where the address of a
// device or an endpoint is expected. The host of such a name is written in quotes.
func wordAsHost(n *yaml.Node) error {
	if switchAsHost(n) == nil {
		return nil
	}
	return fmt.Errorf("%s is no address: write an IP address or a host name, in quotes if that is the name of the host", quote(n.Value))
}

// numberAsHost refuses a number that could be a host's name, such as 1e3.
func numberAsHost(n *yaml.Node) error {
	if n.Tag == "!!int" || n.Tag == "!!float" {
		return fmt.Errorf("%s is a number and no address: write it in quotes if it is the name of a host", quote(n.Value))
	}
	return nil
}
