package main

import (
	"context"
	"fmt"
	"net"
	"net/netip"
)

// loopbackAddresses returns n distinct addresses of the loopback network, none
// of them 127.0.0.1: every address of 127.0.0.0/8 answers there (RFC 1122,
// section 3.2.1.3).
func loopbackAddresses(n int) []string {
	addresses := make([]string, n)
	for i := range addresses {
		addresses[i] = netip.AddrFrom4([4]byte{127, byte(1 + i/62_500), byte(i / 250 % 250), byte(1 + i%250)}).String()
	}
	return addresses
}

// freePort returns a TCP address of the loopback on which nothing listens.
func freePort(ctx context.Context) (string, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("finding a free port: %w", err)
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}
