package schedule

import (
	"sync"
	"sync/atomic"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes"
)

// retryEvery is the time between two starts of a probe that is in haste.
const retryEvery = time.Second

// haste watches what the probes of each target say, and brings those forward
// that would else leave it open for a whole interval whether the target is
// still there:
//
//   - a probe that contradicts what is held of it so far is repeated at a short
//     spacing until it has said so often enough to be believed (its Confirm);
//   - when a probe changes what it says, those of the target's probes that come
//     more rarely, and hold the contrary, are run at once.
//
// So a target that stays dead, or well, is asked no more often than ever.
type haste struct {
	circles atomic.Pointer[map[circleKey]*circle]
}

type circleKey struct {
	kind     inventory.TargetKind
	id, site string
}

// circle is the probes of one target.
type circle struct {
	mu      sync.Mutex
	members []*member
}

// member is one probe of a target, and what it said.
type member struct {
	key      probes.Key
	interval time.Duration
	confirm  int
	pool     *pool // nil: it paces itself, and cannot be brought forward
	entry    *entry

	memory
}

// memory is what a probe said so far. It follows the exporter's rule of
// confirmation; that decides over states, this only over when to ask.
type memory struct {
	held   probes.Outcome // what is believed; Unknown: nothing yet
	last   probes.Outcome
	streak int           // how often last came in a row
	usual  time.Duration // how long a success takes, of the slow ones lately
}

// take takes a result. It reports whether the probe changed its word, be it by
// its first result of a kind or by the one that is believed.
func (m *memory) take(outcome probes.Outcome, confirm int) (changed bool) {
	if outcome == probes.Unknown {
		m.held, m.last, m.streak = probes.Unknown, probes.Unknown, 0
		return false
	}
	if outcome == m.last {
		m.streak++
	} else {
		m.last, m.streak = outcome, 1
	}
	if m.streak >= confirm || outcome == probes.Success && m.held == probes.Unknown {
		m.held = outcome
	}
	return m.streak == 1 || m.streak == confirm
}

// saw takes a result of any probe.
func (h *haste) saw(r *probes.Result) {
	circles := h.circles.Load()
	if circles == nil || r.Outcome == probes.Note || r.Target != r.Job.Target {
		return
	}
	t := r.Target
	c := (*circles)[circleKey{t.Kind, t.ID, t.Site}]
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.saw(r)
}

func (c *circle) saw(r *probes.Result) {
	m := c.member(r.Job.Key())
	if m == nil {
		return
	}
	outcome := r.Verdict()
	if outcome == probes.Success {
		m.usual = max(r.Duration, m.usual-m.usual/8)
	}
	changed := m.take(outcome, m.confirm)
	if outcome == probes.Unknown {
		return
	}
	for _, x := range c.members {
		if x.pool == nil || x.held == outcome {
			continue
		}
		if x == m || changed && x.interval > m.interval {
			x.pool.hurry(x.entry, x.usual, x != m)
		}
	}
}

func (c *circle) member(key probes.Key) *member {
	for _, m := range c.members {
		if m.key == key {
			return m
		}
	}
	return nil
}

// watch replaces the jobs. Those that stay keep what they said. Targets of which
// nothing can be brought forward are left out.
func (h *haste) watch(jobs map[string][]probes.Job, pools map[string]*pool) {
	circles := map[circleKey]*circle{}
	for name, p := range pools {
		for _, j := range jobs[name] {
			c := circleOf(circles, j)
			c.members = append(c.members, newMember(j, p))
		}
	}
	for name, list := range jobs {
		if pools[name] != nil {
			continue
		}
		for _, j := range list {
			if c := circles[keyOf(j)]; c != nil {
				c.members = append(c.members, newMember(j, nil))
			}
		}
	}
	if before := h.circles.Load(); before != nil {
		for key, c := range circles {
			c.remember((*before)[key])
		}
	}
	h.circles.Store(&circles)
}

func keyOf(j probes.Job) circleKey { return circleKey{j.Target.Kind, j.Target.ID, j.Target.Site} }

func circleOf(circles map[circleKey]*circle, j probes.Job) *circle {
	key := keyOf(j)
	c := circles[key]
	if c == nil {
		c = &circle{}
		circles[key] = c
	}
	return c
}

func newMember(j probes.Job, p *pool) *member {
	m := &member{
		key: j.Key(), interval: j.Probe.Interval, confirm: max(j.Probe.Confirm, 1), pool: p,
		memory: memory{held: probes.Unknown, last: probes.Unknown},
	}
	if p != nil {
		m.entry = p.entry(m.key)
	}
	return m
}

// remember takes over what the same probes said before.
func (c *circle) remember(before *circle) {
	if before == nil {
		return
	}
	before.mu.Lock()
	defer before.mu.Unlock()
	for _, m := range c.members {
		if old := before.member(m.key); old != nil {
			m.memory = old.memory
		}
	}
}
