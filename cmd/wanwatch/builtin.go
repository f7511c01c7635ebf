package main

import (
	"strings"

	"github.com/spf13/cobra"
)

// strictHelp lets help refuse words that are no command. Cobra's own prints the help
// of the root for them, and succeeds.
func strictHelp(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	help := child(root, "help")
	help.Example = "  wanwatch help check"
	help.Args = func(_ *cobra.Command, args []string) error {
		at := root
		for i, word := range args {
			next := child(at, word)
			if next == nil {
				return knownCommand(at, args[i:])
			}
			at = next
		}
		return nil
	}
}

// strictCompletion does the same for completion, and for what its commands are given.
func strictCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	completion := child(root, "completion")
	var shells []string
	for _, c := range completion.Commands() {
		c.Args = noArgs
		shells = append(shells, c.Name())
	}
	completion.Example = "  wanwatch completion bash > /etc/bash_completion.d/wanwatch"
	completion.Args = knownCommand
	completion.RunE = func(*cobra.Command, []string) error {
		return usagef("for which shell? %s", strings.Join(shells, ", "))
	}
}

// child is a command's own command of a name, or nil.
func child(of *cobra.Command, name string) *cobra.Command {
	for _, c := range of.Commands() {
		if c.Name() == name {
			return c
		}
	}
	return nil
}
