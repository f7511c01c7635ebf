package lab

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"wanwatch/internal/lab/plan"
	"wanwatch/internal/testenv"
)

// insideVariable makes the test binary do something else, in a process of its
// own inside other namespaces.
const insideVariable = "WANWATCH_LAB_TEST_INSIDE"

func inside() {
	if os.Getenv(insideVariable) == "" {
		return
	}
	err := pingInside()
	code := 0
	switch {
	case errors.Is(err, ErrNotAllowed):
		code = 3
	case err != nil:
		code = 1
	}
	fmt.Fprintln(os.Stdout, "inside:", err)
	os.Exit(code) //nolint:forbidigo // this process is no test but what a test started
}

// pingInside starts a lab whose prober's side is where this process stands, and
// pings as any program would.
func pingInside() error {
	l, err := Start(onePath(plan.Path{Both: plan.Conditions{Delay: new(5 * ms)}}), Options{ProberHere: true})
	if err != nil {
		return err
	}
	out, err := exec.Command("fping", "-c", "3", "-p", "20", siteV4, siteV6).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	if n := len(l.Log().Exchanges("a")); n != 6 {
		return fmt.Errorf("%d exchanges in the log, want 6", n)
	}
	return l.Close()
}

func runInside(t *testing.T, attr *syscall.SysProcAttr) (code int, output string) {
	t.Helper()
	testenv.NeedRoot(t)
	testenv.NeedProgram(t, "fping", "fping")
	cmd := exec.CommandContext(t.Context(), "/proc/self/exe")
	cmd.Env = append(os.Environ(), insideVariable+"=1")
	cmd.SysProcAttr = attr
	out, err := cmd.CombinedOutput()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// In a user namespace the process has power over what it made there and no
// other, as an ordinary user would have.
func TestInAUserNamespace(t *testing.T) {
	code, out := runInside(t, &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: 0, Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: 0, Size: 1}},
	})
	if code != 0 {
		t.Errorf("exit code %d: %s", code, out)
	}
}

func TestWhereItIsNotAllowed(t *testing.T) {
	const nobody = 65534
	code, out := runInside(t, &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}})
	if code != 3 || !strings.Contains(out, "needs root, or a user namespace") {
		t.Errorf("exit code %d: %s", code, out)
	}
}
