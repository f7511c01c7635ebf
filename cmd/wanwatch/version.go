package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version and revision are set by the linker in a release:
// -ldflags "-X main.version=1.2.3 -X main.revision=abc". Nothing else sets them.
var version, revision string

// buildVersion is what the program is.
type buildVersion struct {
	Version, Revision string
}

// readVersion returns what the linker wrote, else what Go recorded of the
// module and of the checkout that it was built from.
func readVersion() buildVersion {
	v := buildVersion{Version: version, Revision: revision}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	if v.Version == "" {
		v.Version = info.Main.Version
	}
	if v.Revision == "" {
		v.Revision = vcsRevision(info.Settings)
	}
	return v
}

// vcsRevision returns the revision of the checkout, marked if it had changes.
func vcsRevision(settings []debug.BuildSetting) string {
	rev, modified := "unknown", ""
	for _, s := range settings {
		switch {
		case s.Key == "vcs.revision":
			rev = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			modified = "-modified"
		}
	}
	return rev + modified
}

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:               "version",
		Short:             "Print the version",
		Example:           `  wanwatch version`,
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			v := readVersion()
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "wanwatch %s (revision %s, %s, %s/%s)\n",
				v.Version, v.Revision, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}
