package app

import (
	"maps"
	"slices"

	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/schedule"
)

// generation is what one load of the inventory made. It is replaced as a whole
// and never changed.
type generation struct {
	inv  *inventory.Inventory
	jobs []probes.Job
}

// source reads an inventory for some kinds of probe.
type source func([]inventory.ProbeKind) (*inventory.Inventory, error)

func fromPath(path string) source {
	return func(kinds []inventory.ProbeKind) (*inventory.Inventory, error) { return inventory.Load(path, kinds) }
}

func fromFiles(files []inventory.File) source {
	return func(kinds []inventory.ProbeKind) (*inventory.Inventory, error) { return inventory.Parse(files, kinds) }
}

// source is where the program's inventory is read from.
func (o *Options) source() source {
	if len(o.Files) > 0 {
		return fromFiles(o.Files)
	}
	return fromPath(o.Inventory)
}

// load reads an inventory and plans the probes of an agent's share. The
// error is inventory.Problems, an [*UnknownError] for the agent, or about a file.
func load(read source, agent string, run []probes.Kind) (*generation, error) {
	all := make([]inventory.ProbeKind, len(run))
	for i, k := range run {
		all[i] = k.ProbeKind
	}
	inv, err := read(all)
	if err != nil {
		return nil, err
	}
	if _, ok := inv.Agents[agent]; agent != "" && !ok {
		return nil, &UnknownError{"agent", agent, inventory.Nearest(agent, slices.Sorted(maps.Keys(inv.Agents)))}
	}
	jobs, err := schedule.Plan(inv, agent)
	if err != nil {
		return nil, err
	}
	return &generation{inv, jobs}, nil
}
