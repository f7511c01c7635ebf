package inventory

import (
	"gopkg.in/yaml.v3"
)

// fault is what is wrong with the defaults of a kind, so that it is not told of
// each of its probes again.
type fault struct {
	unread bool // a value cannot be read
}

// kindDefaults reads the defaults of one kind.
func (d *decoder) kindDefaults(k *ProbeKind, n *yaml.Node, at *place) (*Probe, fault) {
	probe, before := d.newProbe("", k, nil), len(d.problems)
	alias := n
	n = d.follow(alias, at)
	if n == nil {
		return probe, fault{unread: true}
	}
	defer d.leave(alias)
	if !isNull(n) {
		pairs, _ := d.pairs(n, at)
		d.settings(pairs, probe, k, at, []string{"interval", "timeout", "confirm"})
	}
	if len(d.problems) > before {
		return probe, fault{unread: true}
	}
	return probe, fault{}
}

// checkProbe asks the kind whether the settings go together, if each of them
// could be read.
func (d *decoder) checkProbe(p *Probe, at *place) {
	base := d.broken[p.Kind]
	if base.unread || d.faulty[p] {
		d.faulty[p] = true
		return
	}
	c, ok := p.Config.(Checker)
	if !ok {
		return
	}
	for _, message := range c.Check() {
		d.problemAt(p.Pos, at, message)
	}
}
