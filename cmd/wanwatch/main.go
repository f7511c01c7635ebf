// Command wanwatch watches the links, uplinks and conference endpoints of a
// wide-area network. This package only turns flags and signals into options of
// the packages that do the work: one file a subcommand.
package main

import "os"

func main() {
	os.Exit(execute(os.Args[1:], os.Stdout, os.Stderr))
}
