package ping

import (
	"strings"
	"testing"
	"time"
)

// What is left of a deadline is no round time; it is told to the millisecond.
func TestSilent(t *testing.T) {
	x := &target{host: &host{}, settings: settings{timeout: 1977745609 * time.Nanosecond}}
	if got := x.silent(); !strings.HasSuffix(got, " within 1.978s") {
		t.Errorf("got %q", got)
	}
}
