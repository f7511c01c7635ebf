package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"wanwatch/exporter"
	"wanwatch/inventory"
	"wanwatch/probes"
)

// patience bounds every wait of a test.
const patience = 20 * time.Second

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// write writes an inventory and returns its path.
func write(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "inventory.yaml")
	rewrite(t, path, text)
	return path
}

func rewrite(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// uplinks is an inventory of tcp targets at one address.
func uplinks(address string, ids ...string) string {
	var b strings.Builder
	b.WriteString("sites: {here: {}}\ndefaults: {tcp: {interval: 1s}}\nuplinks:\n")
	for _, id := range ids {
		fmt.Fprintf(&b, "  %s: {site: here, tcp: %q}\n", id, address)
	}
	return b.String()
}

// start starts a program that ends with the test.
func start(t testing.TB, o Options) *App {
	t.Helper()
	if o.Listen == nil {
		o.Listen = []string{"127.0.0.1:0"}
	}
	a, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, a) })
	return a
}

func stop(t testing.TB, a *App) {
	t.Helper()
	if err := a.Stop(context.Background()); err != nil {
		t.Errorf("stop: %v", err)
	}
	http.DefaultClient.CloseIdleConnections()
}

// get asks the program's web server.
func get(t testing.TB, a *App, path string) (int, string) {
	t.Helper()
	code, body, err := request(t.Context(), http.MethodGet, "http://"+a.Addr().String()+path)
	if err != nil {
		t.Fatal(err)
	}
	return code, body
}

// request asks a web server.
func request(ctx context.Context, method, url string) (code int, body string, err error) {
	req, err := http.NewRequestWithContext(ctx, method, url, nil)
	if err != nil {
		return 0, "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(data), err
}

// eventually waits until a condition holds.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); !holds(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}

// listener accepts and closes connections until the test ends.
func listener(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
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
	t.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	return l.Addr().String()
}

func TestTwoInOneProcess(t *testing.T) {
	target := listener(t)
	one := start(t, Options{Inventory: write(t, uplinks(target, "one"))})
	two := start(t, Options{Inventory: write(t, uplinks(target, "two"))})
	for _, c := range []struct {
		a           *App
		has, hasNot string
	}{{one, "one", "two"}, {two, "two", "one"}} {
		eventually(t, c.has+" is probed", func() bool {
			_, body := get(t, c.a, "/metrics")
			return strings.Contains(body, `wanwatch_probe_success{target="`+c.has+`"`) &&
				successful(body, c.has)
		})
		if _, body := get(t, c.a, "/metrics"); strings.Contains(body, `target="`+c.hasNot+`"`) {
			t.Errorf("the program of %s also has %s", c.has, c.hasNot)
		}
	}
}

// successful reports whether the last probe of a target succeeded.
func successful(metrics, target string) bool {
	for line := range strings.Lines(metrics) {
		if strings.HasPrefix(line, "wanwatch_probe_success{") && strings.Contains(line, `target="`+target+`"`) {
			return strings.HasSuffix(strings.TrimSpace(line), " 1")
		}
	}
	return false
}

func TestReady(t *testing.T) {
	a := start(t, Options{Inventory: write(t, uplinks("127.0.0.1:1", "x"))})
	if code, body := get(t, a, "/-/ready"); code != http.StatusOK {
		t.Errorf("ready: %d %s", code, body)
	}
}

func TestStartsOnce(t *testing.T) {
	a := start(t, Options{Inventory: write(t, uplinks("127.0.0.1:1", "x"))})
	if err := a.Start(t.Context()); err == nil {
		t.Error("a second start was not refused")
	}
}

func TestStopBeforeStart(t *testing.T) {
	a, err := New(Options{Inventory: "x.yaml"})
	if err != nil {
		t.Fatal(err)
	}
	stop(t, a)
	stop(t, a)
	if err := a.Wait(); err != nil {
		t.Errorf("wait: %v", err)
	}
	if err := a.Start(t.Context()); err == nil {
		t.Error("a start after the stop was not refused")
	}
	if err := a.Reload(t.Context()); err == nil {
		t.Error("a reload of a program that does not run was not refused")
	}
}

// TestFailedStart checks that a start that fails half-way frees what it had
// opened, and blocks nobody.
func TestFailedStart(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	good := write(t, uplinks("127.0.0.1:1", "x"))
	noFleet := probes.Kind{
		ProbeKind: inventory.ProbeKind{Name: "ping", NewConfig: func() any { return &struct{}{} }, Interval: time.Second, Timeout: time.Second, Confirm: 1},
		NewFleet:  func(probes.Env) (probes.Fleet, error) { return nil, errors.New("no sockets today") },
	}
	for _, c := range []struct {
		name, want string
		o          Options
	}{
		{"bad inventory", "unknown key", Options{Inventory: write(t, "stes: {}\n")}},
		{"no inventory", "does not exist", Options{Inventory: filepath.Join(t.TempDir(), "missing.yaml")}},
		{"unknown agent", "nobody", Options{Inventory: good, Agent: "nobody"}},
		{"second address in use", busy.Addr().String(), Options{Inventory: good, Listen: []string{"127.0.0.1:0", busy.Addr().String()}}},
		{"no sockets", "no sockets today", Options{
			Inventory: write(t, "sites: {here: {}}\nuplinks: {x: {site: here, ping: 127.0.0.1}}\n"), Kinds: []probes.Kind{noFleet},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.o.Listen == nil {
				c.o.Listen = []string{"127.0.0.1:0"}
			}
			c.o.Watch = true
			a, err := New(c.o)
			if err != nil {
				t.Fatal(err)
			}
			err = a.Start(t.Context())
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("start: %v, want one with %q", err, c.want)
			}
			if addr := a.Addr(); addr != nil {
				if l, err := net.Listen("tcp", addr.String()); err != nil {
					t.Errorf("the address is still in use: %v", err)
				} else {
					l.Close()
				}
			}
			stop(t, a)
			if err := a.Wait(); err != nil {
				t.Errorf("wait: %v", err)
			}
		})
	}
}

func TestStartIsBoundByItsContext(t *testing.T) {
	a, err := New(Options{Inventory: write(t, uplinks("127.0.0.1:1", "x")), Listen: []string{"127.0.0.1:0"}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := a.Start(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("start: %v, want context.Canceled", err)
	}
}

func TestConcurrentStartAndStop(t *testing.T) {
	path := write(t, uplinks("127.0.0.1:1", "x"))
	for range 20 {
		a, err := New(Options{Inventory: path, Listen: []string{"127.0.0.1:0"}, Watch: true})
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		wg.Go(func() { _ = a.Start(t.Context()) }) // may lose against the stop
		wg.Go(func() { stop(t, a) })
		wg.Go(func() { stop(t, a) })
		wg.Go(func() { _ = a.Reload(t.Context()) })
		wg.Wait()
		stop(t, a)
		if err := a.Wait(); err != nil {
			t.Errorf("wait: %v", err)
		}
	}
}

// TestPartThatFails checks that a part that fails ends the program, and that
// Wait and Stop both say why.
func TestPartThatFails(t *testing.T) {
	a, err := New(Options{Inventory: write(t, uplinks("127.0.0.1:1", "x")), Listen: []string{"127.0.0.1:0"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := a.listeners[0].Close(); err != nil { // behind the web server's back
		t.Fatal(err)
	}
	if err := a.Wait(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("wait: %v, want net.ErrClosed", err)
	}
	if err := a.Stop(t.Context()); !errors.Is(err, net.ErrClosed) {
		t.Errorf("stop: %v, want net.ErrClosed", err)
	}
}

// TestStopIsQuickWithIdleClients checks that a client that never ends its
// request does not hold up the stop.
func TestStopIsQuickWithIdleClients(t *testing.T) {
	a := start(t, Options{Inventory: write(t, uplinks("127.0.0.1:1", "x"))})
	idle, err := net.Dial("tcp", a.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	if _, err := io.WriteString(idle, "GET /metrics HTTP/1.1\r\nHost: x\r\n"); err != nil { // and no more
		t.Fatal(err)
	}
	began := time.Now()
	stop(t, a)
	if took := time.Since(began); took > StopTimeout {
		t.Errorf("the stop took %v", took)
	}
}

func TestWhatIsGivenInPlaceOfPaths(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	a := start(t, Options{
		Files: []inventory.File{{Name: "given", Data: []byte(uplinks(listener(t), "one"))}}, Listeners: []net.Listener{l}, Listen: []string{},
	})
	if a.Addr().String() != l.Addr().String() {
		t.Errorf("serves on %s, not on the listener that it was given", a.Addr())
	}
	eventually(t, "the target is up", func() bool {
		states := a.States()
		return len(states) == 1 && states[0].Target.ID == "one" && states[0].State == exporter.Up
	})
}

func TestListenersAreHeldToTheRules(t *testing.T) {
	exposed := new(ExposedError)
	if _, err := New(Options{Inventory: "x.yaml", Listeners: []net.Listener{openToAll{}}}); !errors.As(err, &exposed) {
		t.Errorf("error %v", err)
	}
}

// openToAll says that it listens on all addresses.
type openToAll struct{ net.Listener }

func (openToAll) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4zero, Port: 9476} }
