package snmp

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestDiscoverOutOfOrder is a recording whose interfaces stand behind objects
// that belong behind them, so that no walk comes by.
func TestDiscoverOutOfOrder(t *testing.T) {
	var b strings.Builder
	b.WriteString("1.3.6.1.2.1.1.1.0|4|moved\n")
	for n := range 300 {
		fmt.Fprintf(&b, "1.3.6.1.4.1.9.1.%d|2|%d\n", n, n)
	}
	for _, column := range []string{"1.3.6.1.2.1.2.2.1.8", "1.3.6.1.2.1.31.1.1.1.15"} {
		for _, index := range []int{7, 10101, 20202} {
			fmt.Fprintf(&b, "%s.%d|2|1\n", column, index)
		}
	}
	d, err := discoverRecording(t, b.String())
	if err != nil {
		t.Fatal(err)
	}
	if got := indexes(d); !slices.Equal(got, []uint32{7, 10101, 20202}) {
		t.Errorf("the interfaces are %v", got)
	}
	for _, i := range d.Interfaces {
		if i.Oper == nil || i.SpeedBPS == nil {
			t.Errorf("interface %d is %+v", i.Index, i)
		}
	}
}
