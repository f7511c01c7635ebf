package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"wanwatch/dashboards/grafana"
	"wanwatch/dashboards/notices"
	"wanwatch/dashboards/rules"
	"wanwatch/dashboards/texts"
)

func newDashboards() *cobra.Command {
	var (
		out   string
		force bool
	)
	l, place := language(texts.VI), grafana.DefaultPlace()
	cmd := &cobra.Command{
		Use:   "dashboards",
		Short: "Write dashboards for Grafana, rules for Prometheus and what else they need",
		Long: `Write what a Grafana, a Prometheus and an Alertmanager beside wanwatch need:

  grafana/dashboards/         the dashboards
  grafana/provisioning/       from which Grafana takes them and the data source
  prometheus/                 a prometheus.yml to start from, and the rules
  alertmanager/               an alertmanager.yml to start from, and templates

Written again, files change only if nobody has edited them since: SHA256SUMS in
the folder tells. If somebody has, nothing is written, and the files are named.`,
		Example: `  wanwatch dashboards --out /etc/wanwatch/files
  wanwatch dashboards --out files --language en --prometheus.url http://prometheus:9090`,
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if out == "" {
				return usagef("name a folder with --out")
			}
			files, err := companions(texts.Language(l), place)
			if err != nil {
				return err
			}
			if err := writeFiles(out, files, force); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "wrote %d files into %s\n", len(files), out)
			return err
		},
	}
	f := cmd.Flags()
	f.StringVar(&out, "out", "", "`folder` to write into; it is made if it is not there")
	f.BoolVar(&force, "force", false, "write over files that somebody has edited")
	f.Var(&l, "language", "`language` of dashboards and alerts: vi or en")
	f.StringVar(&place.Source, "prometheus.url", place.Source, "`URL` at which Grafana finds wanwatch, or a Prometheus that scrapes it")
	f.StringVar(&place.Folder, "grafana.folder", place.Folder, "`folder` in which Grafana will find the dashboards")
	return cmd
}

// companions are all files for the programs beside wanwatch.
func companions(l texts.Language, place grafana.Place) ([]grafana.File, error) {
	boards, err := grafana.Dashboards(l)
	if err != nil {
		return nil, err
	}
	provisioning, err := grafana.Provisioning(l, place)
	if err != nil {
		return nil, err
	}
	var list []grafana.File
	for _, f := range boards {
		list = append(list, grafana.File{Name: "grafana/dashboards/" + f.Name, Data: f.Data})
	}
	for _, f := range provisioning {
		list = append(list, grafana.File{Name: "grafana/provisioning/" + f.Name, Data: f.Data})
	}
	return append(list,
		grafana.File{Name: "prometheus/prometheus.yml", Data: rules.Prometheus()},
		grafana.File{Name: "prometheus/wanwatch.rules.yml", Data: rules.File(l)},
		grafana.File{Name: "alertmanager/alertmanager.yml", Data: notices.Config()},
		grafana.File{Name: "alertmanager/wanwatch.tmpl", Data: notices.Templates(l)},
	), nil
}

// sums is the file that tells what was written, as sha256sum does.
const sums = "SHA256SUMS"

// writeFiles writes files into a folder. Unless it is forced, it writes nothing if a
// file is there that is neither as it was written before nor as it would be written.
func writeFiles(folder string, files []grafana.File, force bool) error {
	before, err := readSums(filepath.Join(folder, sums))
	if err != nil {
		return err
	}
	if !force {
		if foreign := foreignFiles(folder, files, before); len(foreign) > 0 {
			return fmt.Errorf("these files were not written by wanwatch, or somebody has edited them: %s; "+
				"name another folder with --out, or write over them with --force", strings.Join(foreign, ", "))
		}
	}
	var list bytes.Buffer
	for _, f := range files {
		name := filepath.Join(folder, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil { //nolint:gosec // Grafana and Prometheus read it, as users of their own
			return fmt.Errorf("write dashboards: %w", err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil { //nolint:gosec // as above
			return fmt.Errorf("write dashboards: %w", err)
		}
		fmt.Fprintf(&list, "%s  %s\n", sum(f.Data), f.Name)
	}
	if err := os.WriteFile(filepath.Join(folder, sums), list.Bytes(), 0o644); err != nil { //nolint:gosec // as above
		return fmt.Errorf("write dashboards: %w", err)
	}
	return nil
}

// foreignFiles returns the files that somebody else has written.
func foreignFiles(folder string, files []grafana.File, before map[string]string) []string {
	var list []string
	for _, f := range files {
		name := filepath.Join(folder, filepath.FromSlash(f.Name))
		have, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil || !slices.Contains([]string{before[f.Name], sum(f.Data)}, sum(have)) {
			list = append(list, name)
		}
	}
	return list
}

// readSums reads what was written before, by name; nothing if there is no such file.
func readSums(name string) (map[string]string, error) {
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read what was written before: %w", err)
	}
	known := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if sum, file, ok := strings.Cut(strings.TrimRight(line, "\r\n"), "  "); ok {
			known[file] = sum
		}
	}
	return known, nil
}

func sum(data []byte) string { return fmt.Sprintf("%x", sha256.Sum256(data)) }
