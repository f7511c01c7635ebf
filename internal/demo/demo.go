// Package demo runs wanwatch on a simulated network, for those who have none at
// hand to try it on.
//
// Where the kernel allows it, the network is that of package lab, in network
// namespaces that nobody else sees. A namespace belongs to threads, so the
// program starts itself once more inside ([Run] is the outer process, [Inside]
// the inner one). The sockets on which it serves are opened outside, where a
// browser is, and handed down. Elsewhere a reduced form runs on loopback
// addresses.
//
// Nothing is left behind: namespaces and devices have no name and end with the
// inner process, which ends with the outer one, however that ends.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"time"

	"wanwatch/internal/lab/plans"
	"wanwatch/internal/lab/world"
)

// Options say what is shown.
type Options struct {
	// Plan is the name of a plan that ships with the program, or the path of a
	// file; [plans.Default] if empty.
	Plan string
	// History is how long a past is made up before the demo begins; zero: none.
	History time.Duration
	// Listen are the addresses to serve on, WebConfigFile, AllowInsecure and
	// Pprof as the app takes them.
	Listen        []string
	WebConfigFile string
	AllowInsecure bool
	Pprof         bool
	// Out takes what is told to people, Logger the log.
	Out    io.Writer
	Logger *slog.Logger
	// Version and Revision are what the program says of itself.
	Version, Revision string
	// Arguments start this program's Inside, as the operating system takes them,
	// without the program's name. What Inside needs to know beyond them travels
	// in the environment.
	Arguments []string
}

// load reads the plan and builds its network.
func (o *Options) load(shape world.Options) (*world.Network, error) {
	name := o.Plan
	if name == "" {
		name = plans.Default
	}
	file, data, err := read(name)
	if err != nil {
		return nil, err
	}
	w, err := world.Decode(file, data)
	if err != nil {
		return nil, &PlanError{err}
	}
	return w.Build(shape)
}

// read returns a plan that ships with the program, or a file, which has a dot or
// a slash in its path.
func read(name string) (file string, data []byte, err error) {
	if data, err = plans.Read(name); err == nil {
		return name + ".yaml", data, nil
	}
	if !strings.ContainsAny(name, `./\`) {
		return "", nil, err
	}
	if data, err = os.ReadFile(name); err != nil {
		return "", nil, fmt.Errorf("reading a plan: %w", err)
	}
	return name, data, nil
}

// PlanError says that a plan is wrong: it holds inventory.Problems.
type PlanError struct{ err error }

func (e *PlanError) Error() string { return e.err.Error() }

// Unwrap returns the problems.
func (e *PlanError) Unwrap() error { return e.err }

// Inventory returns the YAML of the inventory that the demo watches.
func Inventory(o Options) ([]byte, error) {
	n, err := o.load(world.Options{Now: time.Now()})
	if err != nil {
		return nil, err
	}
	return n.Inventory, nil
}

// Run runs the demo until ctx is done, and returns when nothing of it is left.
func Run(ctx context.Context, o Options) error {
	if _, err := o.load(world.Options{Now: time.Now()}); err != nil {
		return err // before anything is started
	}
	listeners, err := open(ctx, o.Listen)
	if err != nil {
		return err
	}
	err = runInside(ctx, o, listeners)
	if errors.Is(err, errNotHere) {
		return reduced(ctx, o, listeners)
	}
	return errors.Join(err, closeAll(listeners))
}

// ExitError asks for an exit code: what went wrong has been told.
type ExitError struct{ Code int }

// Error returns the code.
func (e *ExitError) Error() string { return fmt.Sprintf("the demo ended with exit code %d", e.Code) }

// errNotHere says that there can be no simulated network here. Why has been told.
var errNotHere = errors.New("no simulated network here")

func tellReduced(out io.Writer, why error) {
	reason := strings.ReplaceAll(why.Error(), "\n", "; ")
	fmt.Fprintf(out, "Reduced to loopback addresses, without delays, losses and the story: %s.\n\n", reason)
}

func open(ctx context.Context, addresses []string) ([]net.Listener, error) {
	var list []net.Listener
	for _, address := range addresses {
		l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("open %s to serve on: %w", address, err), closeAll(list))
		}
		list = append(list, l)
	}
	return list, nil
}

func closeAll(list []net.Listener) error {
	var errs []error
	for _, l := range list {
		if err := l.Close(); !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
