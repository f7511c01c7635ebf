// Package snmptest is SNMPv2c agents for tests and benchmarks: each answers at a
// UDP socket from a table of objects, and can be told to misbehave the way
// devices do. They are the agents of the simulated network (package agent).
//
// Many agents can run in one process: each has a goroutine and a socket, and
// they may share a MIB. Start them on ports of 127.0.0.1, or, on Linux, on
// addresses of 127.0.0.0/8.
package snmptest

import (
	"context"
	"net"

	"wanwatch/internal/lab/inhabit/agent"
)

// Agent answers on one address.
type Agent struct {
	*agent.Agent
	// MIB holds the objects.
	MIB *MIB

	fleet *agent.Fleet
}

// The types of the agents.
type (
	// Faults are the ways in which an agent misbehaves.
	Faults = agent.Faults
	// Request is a request that came in.
	Request = agent.Request
)

// Start makes an agent that listens on an address such as 127.0.0.1:0.
func Start(address, community string, mib *MIB) (*Agent, error) {
	one, err := agent.New(mib, agent.Access{Community: community})
	if err != nil {
		return nil, err
	}
	one.Requests() // begins the list
	a := &Agent{Agent: one, MIB: mib, fleet: agent.Alone(one, address)}
	if err := a.fleet.Start(context.Background(), new(net.ListenConfig)); err != nil {
		return nil, err
	}
	return a, nil
}

// Addr returns the address with the port.
func (a *Agent) Addr() string { return a.fleet.LocalAddr().String() }

// Close ends the agent and waits for its goroutine.
func (a *Agent) Close() error { return a.fleet.Close() }
