// Package snmp is the kind of probe that asks a device over SNMP version 2c or
// 3 how it is and how the interfaces are that the inventory names.
//
// # What is sent
//
// The interfaces are found once, by a walk over the columns with their names.
// After that a poll is one GET, or two for ten interfaces: the columns of these
// interfaces and nothing else. The column that an interface was found by is
// among them, so that a renumbering shows in the very answer whose counters
// would be another interface's. What changes seldom (descriptions, model,
// serial number) is asked for at the start, after a restart of the device and
// once an hour.
//
// The package reads only: the interface at the wire has no SET, and a test
// looks for one in the sources.
//
// # Counters
//
// What is exported grows by differences, so it is free of wraps, restarts and
// renumbering. The first poll sets the base. What cannot be known is dropped,
// never guessed: at most one interval's traffic is missing, and no graph shows a
// spike.
//
// Across a renumbering counting goes on if the interface has kept its name,
// alias and description and no counter went back. Across a restart, what a
// counter shows is what passed since, if it is below what it showed before and
// the device is younger than that; only what passed between the last answer and
// the restart is missing. See [advanceAll] and [advance] for how a wrap is told
// from a reset.
//
// Packets are unicast packets (ifHCInUcastPkts, ifHCOutUcastPkts), because
// multicast and broadcast would take two more columns each way.
//
// # Traps of the library
//
// gosnmp's BulkWalk takes an error answer for the end of the table, so the walk
// is written here over GetBulk. Its requests wait out their time-out when the
// context is cancelled, so the socket's deadline is pulled to the past
// ([conn]). It holds 64 KiB for each value, so values are lent to devices for
// the length of a request ([engines]).
package snmp

import (
	"time"

	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/metric"
)

// Kind describes the kind "snmp".
func Kind() probes.Kind {
	shared := new(engines)
	return probes.Kind{
		ProbeKind: inventory.ProbeKind{
			Name:      "snmp",
			Doc:       "Asks a device over SNMP how it is, and for the counters and states of the interfaces that the inventory names. Read-only.",
			NewConfig: func() any { return new(Config) },
			Interval:  30 * time.Second,
			Timeout:   10 * time.Second,
			Confirm:   2,
		},
		Reasons: []probes.Reason{
			probes.ReasonTimeout, probes.ReasonRefused, probes.ReasonUnreachable, probes.ReasonReset,
			probes.ReasonResolve, probes.ReasonNoRoute, probes.ReasonSend, probes.ReasonNotPermitted,
			probes.ReasonStalled, probes.ReasonCredential, probes.ReasonAuth, probes.ReasonProtocol,
			probes.ReasonPartial, probes.ReasonInterfaceMissing, probes.ReasonInterfaceDown,
			probes.ReasonDeviceUnknown, probes.ReasonInternal,
		},
		Costly:   true,
		Series:   series,
		Subjects: subjects,
		NewProber: func(env probes.Env, job probes.Job) (probes.Prober, error) {
			return newProber(env, job, shared)
		},
	}
}

// subjects returns the links and uplinks whose interfaces the device carries.
func subjects(job probes.Job) []*inventory.Target {
	var owners []*inventory.Target
	seen := map[*inventory.Target]bool{job.Target: true}
	for _, i := range job.Target.Interfaces {
		if i.Owner != nil && !seen[i.Owner] {
			seen[i.Owner] = true
			owners = append(owners, i.Owner)
		}
	}
	return owners
}

// series lists the counters of a device, or those of a link's interface.
func series(job probes.Job) []probes.Sample {
	switch t := job.Target; {
	case t.Link != nil && t.Link.Interface != nil:
		return interfaceSeries(t.Link.Interface.Device, t.Link.Interface.Selector)
	case t.Uplink != nil && t.Uplink.Interface != nil:
		return interfaceSeries(t.Uplink.Interface.Device, t.Uplink.Interface.Selector)
	case t.Kind == inventory.DeviceTarget, t.Kind == inventory.EndpointTarget:
		list := []probes.Sample{
			{Metric: metric.DeviceReboots}, {Metric: metric.SNMPRequests},
			{Metric: metric.SNMPTruncated}, {Metric: metric.SNMPResolves},
		}
		for _, i := range t.Interfaces {
			if i.Owner == nil || i.Owner == t {
				list = append(list, interfaceSeries(t.ID, i.Selector)...)
			}
		}
		return list
	}
	return nil
}

func interfaceSeries(device, selector string) []probes.Sample {
	labels := []string{device, selector}
	list := []probes.Sample{{Metric: metric.InterfaceResets, Labels: labels}}
	for _, c := range columns[:counters] {
		list = append(list, probes.Sample{Metric: c.metric, Labels: labels})
	}
	return list
}
