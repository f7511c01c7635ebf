// Package agent is SNMP agents for the lab, for tests and for benchmarks: they
// answer GET, GETNEXT and GETBULK of versions 2c and 3, and change nothing.
//
// An [Agent] speaks the protocol and tells what a [Source] holds: a [Device],
// which is a router whose counters grow with planned traffic and which is
// restarted, renumbered and silenced on command, or a table of objects of a
// test's. A [Fleet] is the devices behind a port, any number of them at a
// socket, told apart by the address that a request went to.
//
// Messages are encoded by gosnmp. It has no server side; the one library that
// has, GoSNMPServer, stands on a fork of gosnmp, and knows one engine and one
// set of objects a socket.
package agent

import (
	"sync"
	"time"

	"github.com/gosnmp/gosnmp"
)

// Value is the value of an object.
type Value struct {
	Type  gosnmp.Asn1BER
	Value any
}

// View is objects at a moment. Identifiers are written with a leading dot and
// with the instance: ".1.3.6.1.2.1.1.3.0".
type View interface {
	// Get returns an object.
	Get(oid string) (v Value, ok bool)
	// Next returns the first object behind an identifier.
	Next(oid string) (next string, v Value, ok bool)
}

// Source is where an agent has its objects from.
type Source interface {
	// Open returns the objects as they are now. They hold still until done is
	// called.
	Open() (v View, done func())
}

// Agent answers for one device. It is safe for concurrent use.
type Agent struct {
	source    Source
	community string

	mu       sync.Mutex
	users    map[string]*user
	stats    map[string]uint32 // of reports, by their object
	salt     uint64
	faults   Faults
	received []Request
	keep     bool
	count    Counts
}

// Access says who may ask. Whoever is not allowed gets silence in version 2c,
// and a report in version 3.
type Access struct {
	Community string // of version 2c; empty: nobody
	Users     []User // of version 3
}

// Counts are figures of an agent about itself.
type Counts struct {
	Requests uint64 // understood and allowed
	Answers  uint64 // given
	Dropped  uint64 // requests that a fault left unanswered
}

// New makes an agent. An error names what is wrong with a user.
func New(s Source, a Access) (*Agent, error) {
	users, err := newUsers(a.Users)
	if err != nil {
		return nil, err
	}
	return &Agent{source: s, community: a.Community, users: users, stats: map[string]uint32{}}, nil
}

// Faults are the ways in which an agent misbehaves. The zero value: none.
type Faults struct {
	// Drop is how many of the next requests go unanswered; negative: all.
	Drop int
	// DropOver leaves requests with more varbinds unanswered, as a path does
	// that loses fragments; 0: no limit.
	DropOver int
	// Delay is how long each answer is held back.
	Delay time.Duration
	// TooBigOver answers tooBig to a GET with more varbinds, and cuts the
	// answer to a GETBULK to as many; 0: no limit.
	TooBigOver int
	// Truncate is how many varbinds are missing from the end of each answer.
	Truncate int
	// Change, if set, may change an answer before it is sent.
	Change func(request, answer *gosnmp.SnmpPacket)
	// Raw, if set, makes the whole answer; nil is silence.
	Raw func(request []byte) []byte
}

// Request is a request that came in.
type Request struct {
	Type     gosnmp.PDUType
	Varbinds int
}

// Misbehave replaces the faults.
func (a *Agent) Misbehave(f Faults) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.faults = f
}

// Requests returns the requests since the last call, dropped ones included. The
// first call begins the list.
func (a *Agent) Requests() []Request {
	a.mu.Lock()
	defer a.mu.Unlock()
	r := a.received
	a.received, a.keep = nil, true
	return r
}

// Counts returns the agent's figures.
func (a *Agent) Counts() Counts {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.count
}

// Answer returns the answer to a message, nil for silence, and how long it is
// to be held back.
func (a *Agent) Answer(message []byte) (answer []byte, delay time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	view, done := a.source.Open()
	defer done()
	request, reply := a.open(message, view)
	if request == nil {
		return reply, 0
	}
	if a.note(request) {
		a.count.Dropped++
		return nil, 0
	}
	f := a.faults
	if f.Raw != nil {
		return f.Raw(message), f.Delay
	}
	p := respond(request, view, f)
	a.seal(request, p, view)
	if f.Change != nil {
		f.Change(request, p)
	}
	answer, err := p.MarshalMsg()
	if err != nil {
		return nil, 0
	}
	a.count.Answers++
	return answer, f.Delay
}

// note counts a request and reports whether it is dropped.
func (a *Agent) note(r *gosnmp.SnmpPacket) (drop bool) {
	a.count.Requests++
	if a.keep {
		a.received = append(a.received, Request{r.PDUType, len(r.Variables)})
	}
	if a.faults.Drop != 0 {
		if a.faults.Drop > 0 {
			a.faults.Drop--
		}
		return true
	}
	return a.faults.DropOver > 0 && len(r.Variables) > a.faults.DropOver
}

// open returns a request that may be answered, or else the report to send, if
// any.
func (a *Agent) open(message []byte, view View) (request *gosnmp.SnmpPacket, report []byte) {
	p, err := decode(&gosnmp.GoSNMP{Version: gosnmp.Version2c}, message)
	switch {
	case p != nil && p.Version == gosnmp.Version3:
		return a.openV3(message, view)
	case err != nil, p.Version != gosnmp.Version2c, a.community == "" || p.Community != a.community:
		return nil, nil
	}
	return p, nil
}

// seal makes an answer one to its request.
func (a *Agent) seal(request, answer *gosnmp.SnmpPacket, view View) {
	answer.Version, answer.RequestID = request.Version, request.RequestID
	answer.Community = request.Community
	if request.Version == gosnmp.Version3 {
		a.sealV3(request, answer, view)
	}
}
