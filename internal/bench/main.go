// Command bench measures wanwatch beside the programs that people would use
// instead. It starts the real wanwatch and each peer as a process of its own,
// gives them the same targets on the loopback, one after the other in one run,
// and prints what each of them cost as Markdown tables.
//
// It answers with figures only: nothing is estimated, and what could not be
// measured is named with its reason. On Linux as root it works in a network
// namespace of its own, so that no other program's packets are counted and the
// host's settings stay as they are.
//
//	make bench                         everything, about half an hour
//	make bench BENCHFLAGS='-only snmp' one group of rows
//	make bench BENCHFLAGS=-quick       a short run that shows that the harness works
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// bench is what the rows share.
type bench struct {
	wanwatch string // path of the binary under test
	dir      string // temporary folder, removed at the end
	raw      bool   // the programs ping over raw sockets
	sizes    sizes
	report   report
}

// row is one group of measurements.
type row struct {
	name string
	doc  string
	run  func(context.Context, *bench) error
}

func rows() []row {
	return []row{
		{"ping", "3,000, 10,000 and 50,000 targets at one ping a second, beside fping and smokeping_prober", runPing},
		{"scrape", "scrapes of 10,000 ping targets, and of 1,000 beside smokeping_prober", runScrape},
		{"store", "100,000 series kept each 15 s with the rules, beside Prometheus", runStore},
		{"snmp", "a device of 300 interfaces of which 10 matter, beside snmp_exporter; 1,000 devices", runSNMP},
		{"rooms", "3,321 rooms by ping, SIP and H.323 each 10 s", runRooms},
		{"inventory", "20,000 targets: load, and reload under load", runInventory},
		{"accuracy", "loss and round trips of 200 targets on a simulated network, beside fping and smokeping_prober", runAccuracy},
		{"reports", "reports on a year of 500 lines, out of its own store and out of Prometheus", runReports},
		{"reports-national", "a report on 13 months of 3,321 sites with two lines each; writing the history takes ten minutes and 10 GB", runReportsNational},
		{"national", "3,321 sites on a simulated network, for five minutes", runNational},
	}
}

func main() {
	// A child is told to die with the thread that started it: keep that thread.
	runtime.LockOSThread()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		// The one inside the namespace has said why it failed.
		if _, inside := errors.AsType[*exec.ExitError](err); !inside {
			fmt.Fprintln(os.Stderr, "bench:", err)
		}
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	binary := flags.String("wanwatch", "./wanwatch", "the wanwatch to measure")
	only := flags.String("only", "", "measure these rows only, separated by commas: "+names())
	quick := flags.Bool("quick", false, "few targets and short windows: shows that the harness works, its figures mean nothing")
	raw := flags.Bool("raw", false, "ping over raw sockets instead of ICMP datagram sockets")
	shared := flags.Bool("host-network", false, "stay in the host's network namespace")
	if err := flags.Parse(args); err != nil {
		return err
	}
	chosen, err := choose(*only)
	if err != nil {
		return err
	}
	if !*shared && canIsolate() {
		return isolate(ctx, append([]string{"-host-network"}, args...), *raw)
	}
	if err := prepareNetwork(); err != nil {
		return err
	}
	path, err := filepath.Abs(*binary)
	if err != nil {
		return fmt.Errorf("finding wanwatch: %w", err)
	}
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("no program to measure, run make first: %w", err)
	}
	dir, err := os.MkdirTemp("", "wanwatch-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)

	b := &bench{wanwatch: path, dir: dir, raw: *raw, sizes: fullSizes()}
	if *quick {
		b.sizes = quickSizes()
	}
	return b.measure(ctx, chosen, *quick)
}

// measure runs the rows and prints the report, with what was measured even if a
// row failed.
func (b *bench) measure(ctx context.Context, chosen []row, quick bool) error {
	start := time.Now()
	var failed []error
	for _, r := range chosen {
		logf("%s: %s", r.name, r.doc)
		if err := r.run(ctx, b); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", r.name, err))
			logf("%s failed: %v", r.name, err)
		}
		if ctx.Err() != nil {
			break
		}
	}
	if err := b.report.write(os.Stdout, header{
		machine: describeMachine(), version: b.version(ctx), start: start, took: time.Since(start), quick: quick, raw: b.raw,
	}); err != nil {
		return err
	}
	return errors.Join(failed...)
}

// version asks the program under test for its version line.
func (b *bench) version(ctx context.Context) string {
	out, err := exec.CommandContext(ctx, b.wanwatch, "version").Output()
	if err != nil {
		return "wanwatch (version unknown: " + err.Error() + ")"
	}
	line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	return line
}

func choose(only string) ([]row, error) {
	if only == "" {
		return rows(), nil
	}
	var chosen []row
	for name := range strings.SplitSeq(only, ",") {
		found := false
		for _, r := range rows() {
			if r.name == name {
				chosen, found = append(chosen, r), true
			}
		}
		if !found {
			return nil, fmt.Errorf("no row %q; there are %s", name, names())
		}
	}
	return chosen, nil
}

func names() string {
	var list []string
	for _, r := range rows() {
		list = append(list, r.name)
	}
	return strings.Join(list, ", ")
}

// logf tells the person at the terminal what is going on; the tables go to the
// standard output.
func logf(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%s "+format+"\n", append([]any{time.Now().Format("15:04:05")}, args...)...)
}
