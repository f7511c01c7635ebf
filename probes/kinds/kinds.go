// Package kinds is the one table of the kinds of probe. A new kind is its own
// package, one line here and an example; docs/add-a-probe.md is the check list.
package kinds

import (
	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/dns"
	"wanwatch/probes/h323"
	"wanwatch/probes/http"
	"wanwatch/probes/ping"
	"wanwatch/probes/sip"
	"wanwatch/probes/snmp"
	"wanwatch/probes/stamp"
	"wanwatch/probes/stun"
	"wanwatch/probes/tcp"
	"wanwatch/probes/trace"
	"wanwatch/probes/turn"
	"wanwatch/probes/websocket"
)

// All returns the kinds that this version runs, in the order of the
// documentation.
func All() []probes.Kind {
	return []probes.Kind{
		ping.Kind(),
		snmp.Kind(),
		tcp.Kind(),
		sip.Kind(),
		h323.Kind(),
		stun.Kind(),
		turn.Kind(),
		dns.Kind(),
		http.Kind(),
		websocket.Kind(),
		stamp.Kind(),
		trace.Kind(),
	}
}

// Inventory returns what inventory.Load needs to know of all kinds.
func Inventory() []inventory.ProbeKind {
	var list []inventory.ProbeKind
	for _, k := range All() {
		list = append(list, k.ProbeKind)
	}
	return list
}
