package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"wanwatch/internal/lab/snmptest"
)

// patience bounds every wait for another process.
const patience = 20 * time.Second

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"wanwatch": main})
}

// TestScripts runs the program itself as its users do. The scripts may use,
// beside testscript's own commands:
//
//	exits CODE command...     run it and compare the exit code
//	tcpserver NAME            serve on loopback and put host:port into $NAME
//	tcpclosed NAME            put a host:port that refuses into $NAME
//	subst FILE                replace $NAME and ${NAME} in a file
//	started LOG               wait until run says in its log where to open it; $URL
//	fetch URL PATTERN         ask until the answer matches
//	post URL CODE             send an empty POST
//	signal NAME               send a signal to what runs in the background
//	snmpagent NAME COMMUNITY  serve a device over SNMP and put host:port into $NAME
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                "testdata",
		RequireUniqueNames: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":     cmdExits,
			"tcpserver": cmdTCPServer,
			"tcpclosed": cmdTCPClosed,
			"subst":     cmdSubst,
			"started":   cmdStarted,
			"fetch":     cmdFetch,
			"post":      cmdPost,
			"signal":    cmdSignal,
			"snmpagent": cmdSNMPAgent,
		},
		Condition: func(cond string) (bool, error) {
			if cond == "root" {
				return os.Geteuid() == 0, nil
			}
			return false, fmt.Errorf("unknown condition %q", cond)
		},
	})
}

func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE command...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func cmdTCPServer(ts *testscript.TestScript, _ bool, args []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_ = c.Close()
		}
	}()
	ts.Defer(func() {
		_ = l.Close()
		<-done
	})
	ts.Setenv(args[0], l.Addr().String())
}

func cmdTCPClosed(ts *testscript.TestScript, _ bool, args []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv(args[0], l.Addr().String())
	ts.Check(l.Close())
}

func cmdSubst(ts *testscript.TestScript, _ bool, args []string) {
	for _, file := range args {
		text := os.Expand(ts.ReadFile(file), ts.Getenv)
		ts.Check(os.WriteFile(ts.MkAbs(file), []byte(text), 0o600))
	}
}

func cmdStarted(ts *testscript.TestScript, _ bool, args []string) {
	open := regexp.MustCompile(`open=(https?://\S+?)/`)
	ts.Check(poll(func() error {
		data, err := os.ReadFile(ts.MkAbs(args[0]))
		if err != nil {
			return err
		}
		m := open.FindSubmatch(data)
		if m == nil {
			return fmt.Errorf("no address in the log:\n%s", data)
		}
		ts.Setenv("URL", string(m[1]))
		return nil
	}))
}

func cmdFetch(ts *testscript.TestScript, neg bool, args []string) {
	want := regexp.MustCompile("(?m)" + args[1])
	ts.Check(poll(func() error {
		body, err := request(http.MethodGet, args[0])
		if err != nil {
			return err
		}
		if want.MatchString(body) == neg {
			return fmt.Errorf("%s: match of %q is %v in:\n%s", args[0], args[1], !neg, body)
		}
		return nil
	}))
}

func cmdPost(ts *testscript.TestScript, _ bool, args []string) {
	answer, err := request(http.MethodPost, args[0])
	ts.Check(err)
	fmt.Fprint(ts.Stdout(), answer)
	if !strings.HasPrefix(answer, args[1]+" ") {
		ts.Fatalf("POST %s: want status %s, got %s", args[0], args[1], answer)
	}
}

func cmdSignal(ts *testscript.TestScript, _ bool, args []string) {
	signals := map[string]syscall.Signal{"HUP": syscall.SIGHUP, "TERM": syscall.SIGTERM, "INT": syscall.SIGINT}
	for _, c := range ts.BackgroundCmds() {
		ts.Check(c.Process.Signal(signals[args[0]]))
	}
}

func cmdSNMPAgent(ts *testscript.TestScript, _ bool, args []string) {
	agent, err := snmptest.Start("127.0.0.1:0", args[1], snmptest.Device("rt-hai-chau", 3))
	ts.Check(err)
	ts.Defer(func() { _ = agent.Close() })
	ts.Setenv(args[0], agent.Addr())
}

// request returns the status line and the body of an answer.
func request(method, url string) (string, error) {
	req, err := http.NewRequestWithContext(context.Background(), method, url, nil)
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp.Status + "\n" + string(body), err
}

// poll tries until it succeeds, and returns the last failure if it never does.
func poll(try func() error) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	deadline := time.Now().Add(patience)
	for {
		err := try()
		if err == nil || time.Now().After(deadline) {
			return err
		}
		<-tick.C
	}
}

// TestNoSecretInFlags holds the rule that a secret is never an argument: the
// list of processes would show it.
func TestNoSecretInFlags(t *testing.T) {
	for _, cmd := range newRoot().Commands() {
		for _, name := range []string{"snmp.community", "snmp.auth-password", "snmp.priv-password"} {
			if cmd.Flags().Lookup(name) != nil {
				t.Errorf("%s takes --%s", cmd.Name(), name)
			}
		}
	}
}

// TestHelpIsComplete checks that every command shows an example, and that help
// ends with the exit codes.
func TestHelpIsComplete(t *testing.T) {
	for _, cmd := range newRoot().Commands() {
		var out strings.Builder
		if code := execute([]string{cmd.Name(), "--help"}, &out, io.Discard); code != exitOK {
			t.Errorf("%s --help: exit code %d", cmd.Name(), code)
		}
		if !strings.HasSuffix(out.String(), exitCodes) {
			t.Errorf("%s: help does not end with the exit codes", cmd.Name())
		}
		if cmd.Example == "" || !strings.Contains(out.String(), "Examples:") {
			t.Errorf("%s: help has no example", cmd.Name())
		}
	}
}
