package inventory

import (
	"slices"

	"gopkg.in/yaml.v3"
)

// fault is what is wrong with the defaults of a kind, so that it is not told of
// each of its probes again.
type fault struct {
	unread bool     // a value cannot be read
	broken []string // messages of the kind's Checker
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
	return probe, fault{broken: d.checkDefaults(k, probe, at)}
}

// checkDefaults reports the rules that defaults break. What the kind misses
// without any settings is left to the probes.
func (d *decoder) checkDefaults(k *ProbeKind, p *Probe, at *place) (broken []string) {
	c, ok := p.Config.(Checker)
	if !ok {
		return nil
	}
	lacking := k.NewConfig().(Checker).Check()
	for _, message := range c.Check() {
		if !slices.Contains(lacking, message) {
			broken = append(broken, message)
			d.problem(at.node, at, "%s", message)
		}
	}
	return broken
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
		if !slices.Contains(base.broken, message) {
			d.problemAt(p.Pos, at, message)
		}
	}
}
