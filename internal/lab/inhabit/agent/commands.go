package agent

import (
	"fmt"
	"time"
)

// Reboot starts the device anew, at once: its age, its counters and the times of
// its interfaces begin at 0, and its engine has been started once more.
func (d *Device) Reboot() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.boot = d.now()
	d.boots++
	for _, p := range d.ports {
		p.in.reset(d.boot)
		p.out.reset(d.boot)
		p.changed, p.reset = d.boot, time.Time{}
	}
}

// ResetCounters lets the counters of an interface, by its name, begin at 0, and
// tells the time of that as ifCounterDiscontinuityTime.
func (d *Device) ResetCounters(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	p, err := d.port(name)
	if err != nil {
		return err
	}
	p.reset = d.now()
	p.in.reset(p.reset)
	p.out.reset(p.reset)
	return nil
}

// Renumber gives interfaces, by their names, other indexes; the others keep
// theirs. The counters go on. If two would have one index, nothing is changed.
func (d *Device) Renumber(indexes map[string]uint32) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	before := map[*port]uint32{}
	for name, index := range indexes {
		p, err := d.port(name)
		if err != nil {
			return err
		}
		before[p] = index
	}
	exchange := func() {
		for p, index := range before {
			p.Index, before[p] = index, p.Index
		}
	}
	exchange()
	if err := d.sort(); err != nil {
		exchange()
		_ = d.sort() // they differed before
		return fmt.Errorf("device %s: %w", d.spec.Name, err)
	}
	return nil
}

// SetOper changes the state of an interface, by its name. Traffic passes only
// while it is Up.
func (d *Device) SetOper(name string, s Status) error {
	return d.setState(name, func(p *port) { p.Oper = s })
}

// SetAdmin changes the configured state of an interface, by its name, and its
// state with it.
func (d *Device) SetAdmin(name string, s Status) error {
	return d.setState(name, func(p *port) { p.Admin, p.Oper = s, s })
}

func (d *Device) setState(name string, set func(*port)) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	p, err := d.port(name)
	if err != nil {
		return err
	}
	before := p.Oper
	set(p)
	if p.Oper != before {
		p.changed = d.now()
		p.in.run(p.Oper == Up, p.changed)
		p.out.run(p.Oper == Up, p.changed)
	}
	return nil
}

func (d *Device) port(name string) (*port, error) {
	for _, p := range d.ports {
		if p.Name == name {
			return p, nil
		}
	}
	return nil, fmt.Errorf("device %s has no interface %q", d.spec.Name, name)
}

// Silence makes an agent dead, or brings it back to life.
func (a *Agent) Silence(silent bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.faults.Drop = 0
	if silent {
		a.faults.Drop = -1
	}
}

// DropNext leaves the next n requests unanswered.
func (a *Agent) DropNext(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.faults.Drop = max(n, 0)
}

// Slow holds each answer back; 0 ends that.
func (a *Agent) Slow(by time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.faults.Delay = by
}

// Octets returns what the octet counters of an interface, by its name, show now,
// and what has passed since they last began.
func (d *Device) Octets(name string) (in, out Octets, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p, err := d.port(name)
	if err != nil {
		return Octets{}, Octets{}, err
	}
	t := d.now()
	return Octets{p.in.value(t), p.in.bytes(t)}, Octets{p.out.value(t), p.out.bytes(t)}, nil
}

// Octets is an octet counter.
type Octets struct {
	Counter uint64 // what it shows, before it is cut to 32 bits
	Passed  uint64 // bytes since it last began
}
