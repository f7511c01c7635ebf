package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	dto "github.com/prometheus/client_model/go"
)

// startSmokeping runs Debian's smokeping_prober on n targets, each pinged once
// in interval.
func (b *bench) startSmokeping(ctx context.Context, n int, interval time.Duration) (*server, error) {
	return b.startSmokepingOn(ctx, strconv.Itoa(n), loopbackAddresses(n), interval)
}

// startSmokepingOn runs it on the addresses; name tells its file from others.
func (b *bench) startSmokepingOn(ctx context.Context, name string, addresses []string, interval time.Duration) (*server, error) {
	path, err := find("prometheus-smokeping-prober", "prometheus-smokeping-prober")
	if err != nil {
		return nil, err
	}
	protocol := "udp" // its word for ICMP datagram sockets
	if b.raw {
		protocol = "icmp"
	}
	var text strings.Builder
	fmt.Fprintf(&text, "targets:\n- interval: %s\n  network: ip4\n  protocol: %s\n  size: 56\n  hosts:\n", interval, protocol)
	for _, address := range addresses {
		fmt.Fprintf(&text, "  - %s\n", address)
	}
	config, err := b.file("smokeping-"+name+".yml", text.String())
	if err != nil {
		return nil, err
	}
	address, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	p, err := b.start(ctx, "", path, "--config.file", config, "--web.listen-address", address)
	if err != nil {
		return nil, err
	}
	s := &server{process: p, url: "http://" + address, metrics: "http://" + address + "/metrics"}
	if err := s.ready(ctx, s.metrics); err != nil {
		p.stop()
		return nil, err
	}
	return s, nil
}

// readSmokeping sums the ping metrics of all targets. What was sent and not
// answered is lost or still on its way: it does not tell the two apart.
func readSmokeping(ctx context.Context, metrics string) (pingState, error) {
	var state pingState
	err := families(ctx, metrics, readers{
		"smokeping_requests_total":            func(family *dto.MetricFamily) { state.sent = sum(family) },
		"smokeping_response_duration_seconds": state.rtt.add,
	})
	state.lost = state.sent - state.rtt.count
	return state, err
}
