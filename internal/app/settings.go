package app

import (
	"errors"
	"io/fs"

	"wanwatch/exporter"
	"wanwatch/exporter/alerts"
	"wanwatch/probes/trace/asn"
)

// SettingsError says that a file beside the inventory, such as an alertmanager.yml, has
// a mistake.
type SettingsError = exporter.SettingsError

// Mistake returns the error of reading a file as a [*SettingsError], so that who wrote
// the file is told; but as it is if that file, or one that it names, cannot be read,
// which is a matter of this host. What names the kind of file.
func Mistake(what string, err error) error {
	if path := new(fs.PathError); err == nil || errors.As(err, &path) {
		return err
	}
	return &SettingsError{What: what, Err: err}
}

// AlertsMistake does the same for what reads the configuration of alerts: it opens more
// than that file, and says itself when the file is at fault.
func AlertsMistake(err error) error {
	if mistake := new(alerts.ConfigError); errors.As(err, &mistake) {
		return Mistake("the configuration of alerts", err)
	}
	return err
}

// readNetworks reads the table that names the networks of traces.
func readNetworks(file string) (*asn.Table, error) {
	table, err := asn.Read(file)
	if err != nil {
		return nil, Mistake("the table of networks", err)
	}
	return table, nil
}
