// Package testnet makes network namespaces for tests: hosts with their own
// interfaces, routes and settings, joined by cables, that nothing outside can
// see. Addresses are of the networks set apart for tests: 198.18.0.0/15 (RFC
// 2544) and 2001:db8::/32 (RFC 3849). Everything goes when the test ends.
//
// It is for Linux, and needs root.
package testnet
