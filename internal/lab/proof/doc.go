// Package proof holds the program to the truth of the simulated network: what
// /metrics says must be what the network's log says, packet by packet.
//
// [Read] reads what a program says, [Of] sums up what the network did to the
// first packets to a target, and [Compare] holds the one against the other. The
// tests run the real program on the prober's side of a [lab.Lab].
//
// The log knows how late the network itself was. Round trips are compared with
// what it really did, so a busy machine spoils no comparison.
package proof
