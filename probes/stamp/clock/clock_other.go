//go:build !linux

package clock

// Now returns false: only Linux tells.
func Now() (s State, ok bool) { return s, false }
