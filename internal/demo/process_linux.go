package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"syscall"

	"wanwatch/internal/app"
	"wanwatch/internal/lab"
)

// listenersVariable tells the inner process that it is one, and how many
// listeners it has been given.
const listenersVariable = "WANWATCH_DEMO_LISTENERS"

// The descriptors that the inner process is given. The first ends when the outer
// process does, in whatever way; the listeners follow.
const (
	lifeline      = 3
	firstListener = 4
)

// codeNotHere is the exit code of an inner process in which there can be no
// simulated network.
const codeNotHere = 77

// IsInside reports whether this process is the inner one.
func IsInside() bool { return os.Getenv(listenersVariable) != "" }

// runInside starts the inner process and waits for its end.
func runInside(ctx context.Context, o Options, listeners []net.Listener) error {
	reader, writer, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("making a pipe: %w", err)
	}
	defer reader.Close()
	defer writer.Close()
	files := []*os.File{reader}
	for _, l := range listeners {
		f, err := l.(*net.TCPListener).File()
		if err != nil {
			return fmt.Errorf("handing %s down: %w", l.Addr(), err)
		}
		defer f.Close()
		files = append(files, f)
	}
	for _, flags := range namespaces() {
		cmd := inner(ctx, o, files, writer)
		cmd.SysProcAttr = flags
		err = cmd.Start()
		keepNonblocking(files[1:])
		if err == nil {
			return outcome(cmd.Wait())
		}
		// Not allowed in this way; perhaps in the next.
	}
	tellReduced(o.Out, fmt.Errorf("the kernel allows no network namespace of our own: %w", err))
	return errNotHere
}

// keepNonblocking undoes what handing descriptors down does to them and to
// their copies: where Accept blocks, closing a listener does not end it.
func keepNonblocking(files []*os.File) {
	for _, f := range files {
		_ = syscall.SetNonblock(int(f.Fd()), true) // it was so before
	}
}

// namespaces returns the ways to start in a network namespace of its own: as
// root, and in a user namespace, where the process has power over what it makes
// there and over nothing else.
func namespaces() []*syscall.SysProcAttr {
	own := func(extra uintptr) *syscall.SysProcAttr {
		// Not in the terminal's foreground: Ctrl-C goes to the outer process,
		// which ends the inner one in order.
		return &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET | extra, Setpgid: true}
	}
	user := own(syscall.CLONE_NEWUSER)
	user.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
	user.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	if os.Geteuid() == 0 {
		return []*syscall.SysProcAttr{own(0), user}
	}
	return []*syscall.SysProcAttr{user}
}

// inner is the inner process. It ends when ctx is done.
func inner(ctx context.Context, o Options, files []*os.File, life io.Closer) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "/proc/self/exe", o.Arguments...)
	cmd.Args[0] = os.Args[0]
	cmd.Env = append(os.Environ(), listenersVariable+"="+strconv.Itoa(len(files)-1))
	cmd.Stdout, cmd.Stderr = o.Out, os.Stderr
	cmd.ExtraFiles = files
	cmd.Cancel = func() error {
		_ = life.Close()         // it ends in order by that
		return os.ErrProcessDone // so that to end in order is no error
	}
	cmd.WaitDelay = 2 * app.StopTimeout // and is killed after that
	return cmd
}

func outcome(err error) error {
	exit := new(exec.ExitError)
	switch {
	case errors.As(err, &exit) && exit.ExitCode() == codeNotHere:
		return errNotHere // it has said why
	case errors.As(err, &exit) && exit.Exited():
		return &ExitError{exit.ExitCode()}
	case err != nil:
		return fmt.Errorf("the simulated network: %w", err)
	}
	return nil
}

// Inside is the demo in the inner process.
func Inside(ctx context.Context, o Options) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		_, _ = io.Copy(io.Discard, os.NewFile(lifeline, "lifeline")) // until the outer process ends
		cancel()
	}()
	n, err := strconv.Atoi(os.Getenv(listenersVariable))
	if err != nil {
		return fmt.Errorf("the inner process of the demo: %w", err)
	}
	var listeners []net.Listener
	for fd := firstListener; fd < firstListener+n; fd++ {
		file := os.NewFile(uintptr(fd), "listener")
		l, err := net.FileListener(file)
		if err != nil {
			return errors.Join(fmt.Errorf("taking a listener over: %w", err), closeAll(listeners))
		}
		_ = file.Close() // l has a copy
		listeners = append(listeners, l)
	}
	err = simulate(ctx, o, listeners)
	if errors.Is(err, lab.ErrNotAllowed) {
		tellReduced(o.Out, err)
		return &ExitError{codeNotHere}
	}
	return err
}
