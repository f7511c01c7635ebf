package demo

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"wanwatch/internal/testnet"
)

// asDemo makes the test binary run the demo. Its value says how.
const asDemo = "WANWATCH_DEMO_TEST"

// patience bounds every wait of a test.
const patience = 60 * time.Second

func TestMain(m *testing.M) {
	if os.Getenv(asDemo) != "" {
		os.Exit(runAsDemo()) //nolint:forbidigo // this process is no test but what a test started
	}
	os.Exit(m.Run()) //nolint:forbidigo // as TestMain does
}

// runAsDemo does what the command does.
func runAsDemo() int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	o := Options{
		Plan: os.Getenv("WANWATCH_DEMO_TEST_PLAN"), Listen: []string{"127.0.0.1:0"}, Out: os.Stdout,
		Logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
	if IsInside() {
		return code(Inside(ctx, o))
	}
	var err error
	switch os.Getenv(asDemo) {
	case "no namespaces": // in this user namespace alone
		err = os.WriteFile("/proc/sys/user/max_net_namespaces", []byte("0"), 0)
	case "nobody":
		err = becomeNobody()
	}
	if err != nil {
		return code(err)
	}
	return code(Run(ctx, o))
}

// becomeNobody gives up root's powers on a host where, as on most, everyone may
// use TUN devices. It wants a mount namespace of its own.
func becomeNobody() error {
	const nobody, dev = 65534, "/dev/net"
	return errors.Join(
		unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""),
		unix.Mount("tmpfs", dev, "tmpfs", 0, "mode=755"),
		unix.Mknod(dev+"/tun", unix.S_IFCHR, int(unix.Mkdev(10, 200))),
		os.Chmod(dev+"/tun", 0o666),
		syscall.Setgroups(nil), syscall.Setgid(nobody), syscall.Setuid(nobody),
		unix.Prctl(unix.PR_SET_DUMPABLE, 1, 0, 0, 0), // as it is for a program that a user starts
	)
}

func code(err error) int {
	if exit := new(ExitError); errors.As(err, &exit) {
		return exit.Code
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// process is a demo in a process of its own.
type process struct {
	t    *testing.T
	host *testnet.Host
	cmd  *exec.Cmd
	out  *bufio.Scanner
	told []string
}

// start starts one on a host.
func start(t *testing.T, h *testnet.Host, how string, attr *syscall.SysProcAttr) *process {
	t.Helper()
	p := &process{t: t, host: h, cmd: exec.Command("/proc/self/exe")}
	p.cmd.Env = append(os.Environ(), asDemo+"="+how)
	p.cmd.SysProcAttr = attr
	p.cmd.Stderr = os.Stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.out = bufio.NewScanner(out)
	h.Do(p.cmd.Start)
	t.Cleanup(func() { _ = p.cmd.Process.Kill() }) // if the test has not ended it
	timer := time.AfterFunc(patience, func() { _ = p.cmd.Process.Kill() })
	t.Cleanup(func() { timer.Stop() })
	return p
}

// until reads what is told up to a line that holds text, and returns that line.
func (p *process) until(text string) string {
	p.t.Helper()
	for p.out.Scan() {
		p.told = append(p.told, p.out.Text())
		if strings.Contains(p.out.Text(), text) {
			return p.out.Text()
		}
	}
	p.t.Fatalf("never told %q, but:\n%s", text, strings.Join(p.told, "\n"))
	return ""
}

// child finds the inner process.
func (p *process) child() int {
	p.t.Helper()
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", p.cmd.Process.Pid))
	if err != nil {
		p.t.Fatal(err)
	}
	for _, path := range tasks {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // a thread that has ended
		}
		if fields := strings.Fields(string(text)); len(fields) > 0 {
			pid, err := strconv.Atoi(fields[0])
			if err != nil {
				p.t.Fatal(err)
			}
			return pid
		}
	}
	return 0
}

// gone waits until a process is not there any more.
func gone(t *testing.T, pid int) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); <-tick.C {
		state, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if errors.Is(err, os.ErrNotExist) || strings.Contains(string(state), ") Z ") {
			return // a zombie is left to whoever has adopted it
		}
	}
	t.Errorf("process %d is still there", pid)
}

// metrics reads the page from outside.
func (p *process) metrics() string {
	p.t.Helper()
	line := p.until("/metrics")
	url, _, _ := strings.Cut(strings.TrimSpace(line), ",")
	dial := func(ctx context.Context, network, address string) (conn net.Conn, err error) {
		err = p.host.Try(func() error {
			conn, err = new(net.Dialer).DialContext(ctx, network, address)
			return err
		})
		return conn, err
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: dial}}
	response, err := client.Get(url)
	if err != nil {
		p.t.Fatal(err)
	}
	defer response.Body.Close()
	page, err := io.ReadAll(response.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return string(page)
}

func (p *process) end(signal os.Signal) error {
	p.t.Helper()
	if err := p.cmd.Process.Signal(signal); err != nil {
		p.t.Fatal(err)
	}
	go func() { // it may still tell something
		for p.out.Scan() {
		}
	}()
	return p.cmd.Wait()
}

func TestDemo(t *testing.T) {
	for _, tt := range []struct {
		name, how string
		attr      *syscall.SysProcAttr
	}{
		{"as root", "root", nil},
		{"as an ordinary user", "nobody", &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := start(t, testnet.NewHost(t), tt.how, tt.attr)
			if page := p.metrics(); !strings.Contains(page, `wanwatch_target_info{target="phuong-suoi-tre-chinh"`) {
				t.Errorf("not the metrics of the simulated network:\n%.500s", page)
			}
			inner := p.child()
			if inner == 0 {
				t.Error("there is no inner process")
			}
			p.until("303 targets: 303 up")
			if err := p.end(os.Interrupt); err != nil {
				t.Errorf("at Ctrl-C: %v", err)
			}
			gone(t, inner)
		})
	}
}

// However the outer process ends, the inner one does not outlive it.
func TestNothingIsLeftOfAKilledDemo(t *testing.T) {
	p := start(t, testnet.NewHost(t), "root", nil)
	p.until("Ctrl-C")
	inner := p.child()
	if err := p.end(os.Kill); err == nil {
		t.Error("no error")
	}
	gone(t, inner)
}

func TestReducedForm(t *testing.T) {
	h := testnet.NewHost(t)
	h.Sysctl("net.ipv4.ping_group_range", "0 2147483647")
	p := start(t, h, "no namespaces", &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: 0, Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: 0, Size: 1}},
	})
	p.until("Reduced to loopback addresses")
	if page := p.metrics(); !strings.Contains(page, `address="127.0.0.1"`) {
		t.Errorf("not the metrics of the loopback address:\n%.500s", page)
	}
	if err := p.end(os.Interrupt); err != nil {
		t.Errorf("at Ctrl-C: %v", err)
	}
}

func TestAPlanThatIsNotThere(t *testing.T) {
	for plan, want := range map[string]string{
		"cityy":          `there is no plan "cityy" (did you mean "city"?)`,
		"not/there.yaml": "no such file",
	} {
		err := Run(t.Context(), Options{Plan: plan, Out: io.Discard})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", plan, err, want)
		}
	}
}
