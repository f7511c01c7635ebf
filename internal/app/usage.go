package app

import (
	"context"
	"errors"
	"fmt"
	"net"

	"wanwatch/exporter/alerts"
)

// OptionError says that an option cannot be meant, whatever the host and its files are
// like.
type OptionError struct{ text string }

func (e *OptionError) Error() string { return e.text }

func optionf(format string, args ...any) error { return &OptionError{fmt.Sprintf(format, args...)} }

// meant returns an [*OptionError] for each option that cannot be meant. One that would
// do nothing is refused too: who gives it believes that it does something.
func (o *Options) meant() error {
	var errs []error
	if o.Inventory == "" && len(o.Files) == 0 {
		errs = append(errs, optionf("no inventory: name a YAML file or a folder of them"))
	}
	for _, address := range o.Listen {
		errs = append(errs, checkAddress("--web.listen-address", "tcp", address))
	}
	for _, address := range o.Reflector.Listen {
		errs = append(errs, checkAddress("--stamp.reflector", "udp", address))
	}
	switch listen, allow := len(o.Reflector.Listen) > 0, len(o.Reflector.Allow) > 0; {
	case listen && !allow:
		errs = append(errs, optionf("a STAMP reflector answers only whom it is told to: name the senders' networks with --stamp.allow"))
	case allow && !listen:
		errs = append(errs, optionf("--stamp.allow: nobody is answered without an address: give one with --stamp.reflector"))
	}
	if o.ExternalURL != "" {
		errs = append(errs, checkExternalURL(o.ExternalURL))
	}
	if o.Alerting.URL != "" {
		if _, err := alerts.ParseURL(o.Alerting.URL); err != nil {
			errs = append(errs, optionf("%v", err))
		}
	}
	return errors.Join(append(errs, o.historyMeant())...)
}

// historyMeant refuses what needs a history that is not kept.
func (o *Options) historyMeant() error {
	if o.Storage.Path != "" {
		return nil
	}
	const missing = "%s: %s: give a folder with --storage.path"
	var errs []error
	if o.Schedule != "" {
		errs = append(errs, optionf(missing, "--schedule", "reports are made of history"))
	}
	if o.Alerting.ConfigFile != "" {
		errs = append(errs, optionf(missing, "--alertmanager.config.file", "alerts are raised out of history"))
	}
	if o.Alerting.URL != "" {
		errs = append(errs, optionf(missing, "--alertmanager.url", "alerts are raised out of history"))
	}
	if o.Storage.RemoteWrite {
		errs = append(errs, optionf(missing, "--storage.remote-write", "others write into the history"))
	}
	return errors.Join(errs...)
}

// checkAddress checks the form of an address; whether its host exists shows when it is
// opened.
func checkAddress(flag, network, address string) error {
	_, port, err := net.SplitHostPort(address)
	if err != nil || port == "" {
		return optionf("%s %q: no address: write host:port", flag, address)
	}
	if _, err := new(net.Resolver).LookupPort(context.Background(), network, port); err != nil {
		return optionf("%s %q: no address: there is no port %s", flag, address, port)
	}
	return nil
}
