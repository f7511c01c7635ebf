package testenv

// Amount is of how much a test computes: full, or less under the race detector, which
// makes computing some ten times as long and learns nothing from more of it. CI runs
// the tests with and without.
func Amount(full, less int) int {
	if race {
		return less
	}
	return full
}
