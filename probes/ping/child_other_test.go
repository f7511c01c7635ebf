//go:build !linux

package ping

// childVariable and child are of tests on Linux.
const childVariable = "WANWATCH_TEST_PING_CHILD"

func child() error { return nil }
