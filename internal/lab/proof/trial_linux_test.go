package proof

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"wanwatch/internal/lab"
	"wanwatch/internal/lab/plan"
	"wanwatch/internal/lab/truth"
	"wanwatch/internal/testenv"
)

const (
	ms = time.Millisecond
	us = time.Microsecond
)

// patience bounds every wait for the program or the network.
const patience = 60 * time.Second

// aim is a target of the inventory.
type aim struct {
	id                string
	path              string // of the plan
	address           netip.Addr
	interval, timeout time.Duration
	confirm           int // 0: the default
}

// trial is the program at work on a simulated network.
type trial struct {
	t       *testing.T
	lab     *lab.Lab
	aims    []aim
	command *exec.Cmd
	log     *bytes.Buffer // what it wrote to its standard error; read after stop
	client  *http.Client
	ended   chan struct{}
}

const served = "127.0.0.1:9476" // on the prober's side; the default

// begin starts the network and the real program on its prober's side.
func begin(t *testing.T, p *plan.Plan, aims []aim) *trial {
	t.Helper()
	return beginWith(t, p, inventoryOf(aims), aims)
}

// beginWith does so with an inventory of the test's own.
func beginWith(t *testing.T, p *plan.Plan, text string, aims []aim) *trial {
	t.Helper()
	c := prepare(t, p)
	c.aims = aims
	c.start(text, "--storage.path=")
	return c
}

// prepare starts the network.
func prepare(t *testing.T, p *plan.Plan) *trial {
	t.Helper()
	testenv.NeedRoot(t)
	program(t) // building it takes a while, in which the plan's time must not pass
	network, err := lab.Start(p, lab.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := network.Close(); err != nil {
			t.Error(err)
		}
	})
	return &trial{t: t, lab: network, log: &bytes.Buffer{}, ended: make(chan struct{})}
}

// start starts the real program on the prober's side, with an inventory, and waits
// until it is ready.
func (c *trial) start(text string, flags ...string) {
	t := c.t
	t.Helper()
	path := program(t)
	inventory := filepath.Join(t.TempDir(), "inventory.yaml")
	if err := os.WriteFile(inventory, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"run", "--config.watch=false", inventory}, flags...)
	c.command = exec.CommandContext(context.WithoutCancel(t.Context()), path, args...)
	c.command.Stderr = c.log
	if err := c.lab.Prober(c.command.Start); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(c.ended)
		_ = c.command.Wait()
	}()
	t.Cleanup(c.stop)
	transport := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		return c.lab.Dial(ctx, network, address)
	}}
	t.Cleanup(transport.CloseIdleConnections)
	c.client = &http.Client{Transport: transport}
	c.until("the program is ready", func() bool {
		response, err := c.get("/-/ready")
		if err != nil {
			return false
		}
		defer response.Body.Close()
		return response.StatusCode == http.StatusOK
	})
}

// inventoryOf writes an inventory of rooms, one for each aim.
func inventoryOf(aims []aim) string {
	var b strings.Builder
	b.WriteString("organization: Proof\nsites: {here: {}}\nendpoints:\n")
	for _, a := range aims {
		confirm := ""
		if a.confirm > 0 {
			confirm = fmt.Sprintf(", confirm: %d", a.confirm)
		}
		fmt.Fprintf(&b, "  %s: {site: here, address: %q, probes: {ping: {interval: %v, timeout: %v%s}}}\n",
			a.id, a.address, a.interval, a.timeout, confirm)
	}
	return b.String()
}

// stop ends the program, which must end well.
func (c *trial) stop() {
	_ = c.command.Process.Signal(syscall.SIGCONT)
	_ = c.command.Process.Signal(syscall.SIGTERM)
	select {
	case <-c.ended:
	case <-time.After(patience):
		_ = c.command.Process.Kill()
		<-c.ended
	}
	if state := c.command.ProcessState; !state.Success() {
		c.t.Errorf("the program ended with %v: %s", state, c.log)
	}
}

// until asks again and again until the answer is yes.
func (c *trial) until(what string, done func() bool) {
	c.t.Helper()
	tick := time.NewTicker(100 * ms)
	defer tick.Stop()
	deadline := time.After(patience)
	for !done() {
		select {
		case <-tick.C:
		case <-c.ended:
			c.t.Fatalf("waiting until %s: the program ended: %s", what, c.log)
		case <-c.lab.Done():
			c.t.Fatalf("waiting until %s: the network ended", what)
		case <-deadline:
			c.t.Fatalf("waiting until %s: %v are not enough", what, patience)
		}
	}
}

// reach waits until the plan's time has come so far.
func (c *trial) reach(at time.Duration) {
	c.t.Helper()
	select {
	case <-time.After(at - time.Since(c.lab.Epoch())):
	case <-c.ended:
		c.t.Fatalf("the program ended: %s", c.log)
	}
}

func (c *trial) signal(s os.Signal) {
	c.t.Helper()
	if err := c.command.Process.Signal(s); err != nil {
		c.t.Fatal(err)
	}
}

func (c *trial) get(path string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, "http://"+served+path, http.NoBody)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", Accept)
	return c.client.Do(request)
}

// scrape asks the program what it has seen.
func (c *trial) scrape() *Metrics {
	c.t.Helper()
	response, err := c.get("/metrics")
	if err == nil && response.StatusCode != http.StatusOK {
		err = errors.New(response.Status)
	}
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	m, err := Read(response.Body, response.Header)
	if err != nil {
		c.t.Fatal(err)
	}
	return m
}

// scrapes asks several times, a little apart.
func (c *trial) scrapes(n int) []*Metrics {
	c.t.Helper()
	tick := time.NewTicker(67 * ms) // the targets' intervals are no multiples of it
	defer tick.Stop()
	var list []*Metrics
	for range n {
		list = append(list, c.scrape())
		<-tick.C
	}
	return list
}

// exchanges returns what the network did, by address. It stops the program
// before and lets the network come to rest, and fails if the kernel dropped
// packets that are in no log.
func (c *trial) exchanges() map[netip.Addr][]truth.Exchange {
	c.t.Helper()
	c.stop()
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	if err := c.lab.Settle(ctx, 50*ms); err != nil {
		c.t.Fatal(err)
	}
	s, err := c.lab.Stats()
	if err != nil || s.DroppedOut+s.DroppedBack > 0 {
		c.t.Fatalf("packets that are in no log: %+v, %v", s, err)
	}
	by := map[netip.Addr][]truth.Exchange{}
	for _, x := range c.lab.Log().Exchanges("") {
		by[x.Address] = append(by[x.Address], x)
	}
	return by
}

// runProgram runs the program to its end and returns what it printed.
func runProgram(t *testing.T, args ...string) ([]byte, error) {
	t.Helper()
	return exec.CommandContext(t.Context(), program(t), args...).Output()
}
