package inventory_test

import (
	"slices"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes/kinds"
)

// allKinds returns the kinds of the program.
func allKinds() []inventory.ProbeKind {
	list := kinds.Inventory()
	for _, k := range []inventory.ProbeKind{
		{Name: "ping", Doc: "ICMP echo.", NewConfig: func() any { return &pingConfig{Size: 56} }, Interval: time.Second, Timeout: time.Second, MaxTimeout: 2 * time.Second, Confirm: 3},
		{Name: "snmp", Doc: "SNMP.", NewConfig: func() any { return &snmpConfig{Port: 161} }, Interval: 30 * time.Second, Timeout: 10 * time.Second, Confirm: 2},
	} {
		if !slices.ContainsFunc(list, func(have inventory.ProbeKind) bool { return have.Name == k.Name }) {
			list = append(list, k)
		}
	}
	return list
}

type pingConfig struct {
	Size int            `yaml:"size" min:"0" max:"65507" doc:"Payload in bytes."`
	DSCP inventory.DSCP `yaml:"dscp" doc:"DSCP of the packets."`
}

type snmpConfig struct {
	Port int `yaml:"port" min:"1" max:"65535" doc:"UDP port."`
}
