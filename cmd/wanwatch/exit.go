package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"wanwatch/internal/app"
	"wanwatch/internal/demo"
	"wanwatch/internal/lab/plans"
	"wanwatch/inventory"
)

// The exit codes.
const (
	exitOK      = 0
	exitFailure = 1
	exitUsage   = 2
	exitTrouble = 3
)

// exitCodes stands at the end of every help text.
const exitCodes = `
Exit codes:
  0  all is well
  1  a probe failed, the device did not answer, a receiver did not take an alert,
     or the inventory or another file that was named has problems
  2  the command line is wrong
  3  wanwatch itself could not do its work
`

// errFailed ends a command with exit code 1 whose output has said why.
var errFailed = errors.New("failed")

// failedError ends a command with exit code 1: what was asked did not work out.
type failedError struct{ error }

func (f failedError) Unwrap() error { return f.error }

// usageError is a mistake in the command line.
type usageError struct{ error }

func (u usageError) Unwrap() error { return u.error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// report prints what went wrong, with what to do about it, and returns the exit
// code.
func report(stderr io.Writer, cmd *cobra.Command, err error) int {
	var (
		usage    usageError
		failed   failedError
		exposed  *app.ExposedError
		option   *app.OptionError
		unknown  *app.UnknownError
		plan     *plans.UnknownError
		problems inventory.Problems
		inner    *demo.ExitError
		settings *app.SettingsError
	)
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errFailed):
		return exitFailure
	case errors.As(err, &inner):
		return inner.Code
	case errors.As(err, &problems):
		// Plain, so that editors find their way to the line.
		fmt.Fprintf(stderr, "%v\n", problems)
		what := "the inventory"
		if plan := new(demo.PlanError); errors.As(err, &plan) {
			what = "the plan"
		}
		if errors.As(err, &settings) {
			what = settings.What
		}
		printError(stderr, fmt.Errorf("%s has %s", what, count(len(problems), "problem")))
		return exitFailure
	case errors.As(err, &usage):
		printError(stderr, err)
		printError(stderr, fmt.Errorf("for help: %s --help", cmd.CommandPath()))
		return exitUsage
	}
	printError(stderr, err)
	if hint := hintFor(err); hint != "" {
		printError(stderr, errors.New(hint))
	}
	switch {
	case errors.As(err, &failed), errors.As(err, &settings):
		return exitFailure
	case errors.As(err, &exposed), errors.As(err, &option), errors.As(err, &unknown), errors.As(err, &plan):
		return exitUsage
	}
	return exitTrouble
}

// printError prints each line of an error with the program's name before it.
func printError(stderr io.Writer, err error) {
	for line := range strings.Lines(err.Error()) {
		fmt.Fprintf(stderr, "wanwatch: %s\n", strings.TrimSuffix(line, "\n"))
	}
}

// hintFor returns what to do about an error in terms of the command line.
func hintFor(err error) string {
	var exposed *app.ExposedError
	switch {
	case errors.As(err, &exposed):
		return "set up TLS and a password in a file named with --web.config.file (docs/running.md shows one),\n" +
			"or listen on " + app.DefaultListen + ",\n" +
			"or, where a firewall or a proxy protects the address, say --web.allow-insecure"
	case errors.Is(err, syscall.EADDRINUSE):
		return "another program listens there, perhaps another wanwatch: stop it, or choose another address with --web.listen-address"
	}
	return ""
}

// knownCommand refuses words that are no command.
func knownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	if near := inventory.Nearest(args[0], names); near != "" {
		return usagef("unknown command %q (did you mean %q?)", args[0], near)
	}
	return usagef("unknown command %q", args[0])
}

// flagError explains a flag that is wrong, without repeating a secret.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return usageError{err}
	}
	name := unknown.GetSpecifiedName()
	if file := name + "-file"; cmd.Flags().Lookup(file) != nil {
		return usagef("there is no --%s, because the list of processes would show the secret to everyone on this host: "+
			"write it into a file and name that with --%s", name, file)
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if near := inventory.Nearest(name, names); near != "" {
		return usagef("unknown flag --%s (did you mean --%s?)", name, near)
	}
	return usageError{err}
}

// count returns a number with its noun, in the plural where English has it.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
