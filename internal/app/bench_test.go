package app

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkReload20000 reloads an inventory of 20,000 rooms, each time with
// another one more. They are pinged so seldom that the reload has the machine to
// itself.
func BenchmarkReload20000(b *testing.B) {
	var text strings.Builder
	text.WriteString("defaults: {ping: {interval: 1h}}\nsites:\n  loopback: {name: Loopback}\nendpoints:\n")
	for i := range 20_000 {
		fmt.Fprintf(&text, "  room-%05d: {site: loopback, address: 127.1.%d.%d, probes: {ping: {}}}\n", i, i/250, 1+i%250)
	}
	path := write(b, text.String())
	a := start(b, Options{Inventory: path})
	number := 0
	for b.Loop() {
		rewrite(b, path, fmt.Sprintf("%s  added-%d: {site: loopback, address: 127.250.0.1, probes: {ping: {}}}\n", text.String(), number))
		number++
		if err := a.Reload(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
