package main

import (
	"os"
	"runtime/debug"
)

// How far the heap may grow before garbage is collected, in percent of what is
// in use; runtime/debug.SetGCPercent has the details.
const (
	lasting = 50  // what is kept is long-lived tables; a heap of twice their size would only double them
	loading = 100 // a load makes much garbage in a second; collecting it at the lasting pace takes as long as the load
	passing = 400 // the process ends before its garbage matters
)

// setMemoryPolicy sets the pace for a process that runs for months.
func setMemoryPolicy() { collect(lasting) }

// relaxMemory sets the pace for a load of the inventory, until it is over.
func relaxMemory() (over func()) {
	collect(loading)
	return setMemoryPolicy
}

// collect sets the pace, unless GOGC in the environment does.
func collect(percent int) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}
