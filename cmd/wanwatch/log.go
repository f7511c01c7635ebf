package main

import (
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"github.com/prometheus/common/promslog"
	"github.com/spf13/cobra"
)

// logFlags are --log.level and --log.format.
type logFlags struct {
	level, format string
}

func (l *logFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&l.level, "log.level", "info", "least `level` logged: "+strings.Join(promslog.LevelFlagOptions, ", "))
	cmd.Flags().StringVar(&l.format, "log.format", "logfmt", "`format` of the log: "+strings.Join(promslog.FormatFlagOptions, ", "))
	complete(cmd, "log.level", cobra.FixedCompletions(promslog.LevelFlagOptions, cobra.ShellCompDirectiveNoFileComp))
	complete(cmd, "log.format", cobra.FixedCompletions(promslog.FormatFlagOptions, cobra.ShellCompDirectiveNoFileComp))
}

// logger returns the log that the flags ask for.
func (l *logFlags) logger(w io.Writer) (*slog.Logger, error) {
	config := &promslog.Config{Level: promslog.NewLevel(), Format: promslog.NewFormat(), Writer: w}
	if !slices.Contains(promslog.LevelFlagOptions, l.level) {
		return nil, badWord("log.level", l.level, promslog.LevelFlagOptions)
	}
	if !slices.Contains(promslog.FormatFlagOptions, l.format) {
		return nil, badWord("log.format", l.format, promslog.FormatFlagOptions)
	}
	if err := config.Level.Set(l.level); err != nil {
		return nil, fmt.Errorf("set the log level: %w", err)
	}
	if err := config.Format.Set(l.format); err != nil {
		return nil, fmt.Errorf("set the log format: %w", err)
	}
	return promslog.New(config), nil
}

// badWord says that a flag takes only certain words.
func badWord(flag, word string, words []string) error {
	return usagef("--%s is one of %s, not %q", flag, strings.Join(words, ", "), word)
}
