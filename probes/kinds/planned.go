package kinds

import (
	"time"

	"wanwatch/inventory"
)

// The kinds of this file are not run by this version. Their settings are
// decoded and checked, so that an inventory can be written for them now and
// does not change when they come; loading one gives a warning that says so.

// The pace of kinds that ask a question and wait for the answer.
const (
	requestInterval = 15 * time.Second
	requestTimeout  = 5 * time.Second
	requestConfirm  = 2
)

// planned returns the kinds whose settings are known but which do not run yet.
func planned() []inventory.ProbeKind {
	return []inventory.ProbeKind{
		plan("trace", "Path to the target, hop by hop; changes are counted.",
			func() any { return &Trace{Protocol: "icmp", MaxHops: 30, Queries: 3} }),
	}
}

func plan(name, doc string, config func() any) inventory.ProbeKind {
	return inventory.ProbeKind{
		Name: name, Doc: doc, NewConfig: config, Planned: true,
		Interval: requestInterval, Timeout: requestTimeout, Confirm: requestConfirm,
	}
}
