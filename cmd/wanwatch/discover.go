package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wanwatch/inventory"
	"wanwatch/probes/snmp"
)

// discoverFlags are the flags of discover.
type discoverFlags struct {
	credential inventory.SNMPCredential
	timeout    time.Duration
	asJSON     bool
	asTable    bool

	// What the inventory is to say of the device.
	id, site, inventoryCredential string
}

func newDiscover() *cobra.Command {
	var flags discoverFlags
	cmd := &cobra.Command{
		Use:   "discover ADDRESS",
		Short: "List the interfaces of a device over SNMP",
		Long: `Ask a device over SNMP for all its interfaces and print them as a part of an
inventory, to be pasted into yours. ADDRESS is an IP address or a name, with a
port if it is not 161: HOST:PORT or [IPv6]:PORT. The device is only read.

Secrets are read from files, /dev/stdin among them, because the list of
processes would show them as flags.`,
		Example: `  wanwatch discover 10.20.1.1 --snmp.community-file community
  wanwatch discover rt.example:1161 --snmp.version 3 --snmp.user wanwatch \
      --snmp.auth sha256 --snmp.auth-password-file auth \
      --snmp.priv aes --snmp.priv-password-file priv
  wanwatch discover 10.20.1.1 --snmp.community-file community --json | jq '.[].name'`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("name one device by its address: wanwatch discover ADDRESS")
			}
			return nil
		},
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := flags.complete(); err != nil {
				return err
			}
			if err := snmp.CheckAddress(args[0]); err != nil {
				return usageError{err}
			}
			return flags.discover(cmd, args[0])
		},
	}
	flags.add(cmd)
	return cmd
}

func (d *discoverFlags) add(cmd *cobra.Command) {
	f, c := cmd.Flags(), &d.credential
	f.StringVar(&c.Version, "snmp.version", "", "`version`: 2c or 3 (default: 3 if a user is named, else 2c)")
	f.StringVar(&c.Community.File, "snmp.community-file", "", "`file` that holds the community, for version 2c")
	f.StringVar(&c.User, "snmp.user", "", "security `name`, for version 3")
	f.StringVar(&c.Auth, "snmp.auth", "", "authentication `protocol`: md5, sha, sha224, sha256, sha384 or sha512")
	f.StringVar(&c.AuthPassword.File, "snmp.auth-password-file", "", "`file` that holds the authentication password")
	f.StringVar(&c.Priv, "snmp.priv", "", "privacy `protocol`: des, aes, aes192, aes256, aes192c or aes256c")
	f.StringVar(&c.PrivPassword.File, "snmp.priv-password-file", "", "`file` that holds the privacy password")
	f.StringVar(&c.Context, "snmp.context", "", "context `name`, for version 3")
	f.DurationVar(&d.timeout, "timeout", 2*time.Second, "how long to wait for each answer")
	f.BoolVar(&d.asJSON, "json", false, "print a JSON array of the interfaces")
	f.BoolVar(&d.asTable, "table", false, "print a table of the interfaces")
	f.StringVar(&d.id, "id", "", "`id` of the device in the inventory (default: from its own name)")
	f.StringVar(&d.site, "site", "", "id of the `site` where the device stands, for the inventory")
	f.StringVar(&d.inventoryCredential, "credential", "", "id of the `credential` of the device, for the inventory")
	for flag, words := range snmpWords() {
		complete(cmd, flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
	}
}

// snmpWords are the words that flags take.
func snmpWords() map[string][]string {
	return map[string][]string{
		"snmp.version": {"2c", "3"},
		"snmp.auth":    {"md5", "sha", "sha224", "sha256", "sha384", "sha512"},
		"snmp.priv":    {"des", "aes", "aes192", "aes256", "aes192c", "aes256c"},
	}
}

// complete fills in what was left out, and says what is missing.
func (d *discoverFlags) complete() error {
	c := &d.credential
	if c.Version == "" {
		c.Version = "2c"
		if c.User != "" {
			c.Version = "3"
		}
	}
	words := snmpWords()
	for flag, value := range map[string]*string{"snmp.version": &c.Version, "snmp.auth": &c.Auth, "snmp.priv": &c.Priv} {
		*value = strings.ReplaceAll(strings.ToLower(*value), "-", "") // SHA-256, as RFC 7860 writes it
		if *value != "" && !slices.Contains(words[flag], *value) {
			return badWord(flag, *value, words[flag])
		}
	}
	switch {
	case d.asJSON && d.asTable:
		return usagef("--json and --table exclude each other")
	case d.timeout <= 0:
		return usagef("--timeout must be above 0")
	case c.Version == "2c" && c.Community.IsZero():
		return usagef("no community: write it into a file and name that with --snmp.community-file, or name a user of version 3 with --snmp.user")
	case c.Version == "2c" && (c.User != "" || c.Auth != "" || c.Priv != ""):
		return usagef("--snmp.user, --snmp.auth and --snmp.priv belong to version 3")
	case c.Version == "3" && c.User == "":
		return usagef("version 3 needs --snmp.user")
	case c.Version == "3" && !c.Community.IsZero():
		return usagef("--snmp.community-file belongs to version 2c")
	case (c.Auth == "") != c.AuthPassword.IsZero():
		return usagef("--snmp.auth and --snmp.auth-password-file need each other")
	case (c.Priv == "") != c.PrivPassword.IsZero():
		return usagef("--snmp.priv and --snmp.priv-password-file need each other")
	case c.Priv != "" && c.Auth == "":
		return usagef("--snmp.priv needs --snmp.auth: SNMP has no privacy without authentication")
	}
	return nil
}

// discover asks the device and prints what it has.
func (d *discoverFlags) discover(cmd *cobra.Command, address string) error {
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt)
	defer stop()
	p := newProgress(cmd.ErrOrStderr(), "asking "+address, 0)
	found, err := snmp.Discover(ctx, snmp.DiscoverOptions{
		Address: address, Credential: &d.credential, Timeout: d.timeout,
		Progress: func(what string, done, of, _ int) { p.set(what, done, of) },
	})
	p.end()
	if err != nil {
		return discoverError(ctx, err)
	}
	switch {
	case d.asJSON:
		return found.WriteJSON(cmd.OutOrStdout())
	case d.asTable:
		return found.WriteTable(cmd.OutOrStdout())
	default:
		return found.WriteInventory(cmd.OutOrStdout(), d.id, d.site, d.inventoryCredential)
	}
}

// asFlags puts into words of the command line what advice calls by the inventory.
var asFlags = strings.NewReplacer(
	"raise the probe's timeout", "raise --timeout",
	"the file or environment variable named in the inventory", "the file named on the command line",
)

// discoverError adds what to do. That the device did not answer is a failure;
// that the credential could not be read is trouble of this host.
func discoverError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return failedError{errors.New("stopped before the end")}
	}
	e, ok := errors.AsType[*snmp.Error](err)
	if !ok {
		return err
	}
	if advice, ok := e.Reason.Advice(); ok {
		err = fmt.Errorf("%w\nto do: %s", err, asFlags.Replace(advice.Do))
	}
	if e.Self() {
		return err
	}
	return failedError{err}
}
