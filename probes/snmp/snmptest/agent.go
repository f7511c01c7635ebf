// Package snmptest is an SNMPv2c agent for tests and benchmarks: a UDP socket
// that answers GET, GETNEXT and GETBULK from a table of objects, and that can
// be told to misbehave the way devices do.
//
// Many agents can run in one process: each has a goroutine and a socket, and
// they may share a MIB. Start them on ports of 127.0.0.1, or, on Linux, on
// addresses of 127.0.0.0/8.
package snmptest

import (
	"net"
	"sync"
	"time"

	"github.com/gosnmp/gosnmp"
)

// Agent answers on one address.
type Agent struct {
	// MIB holds the objects.
	MIB *MIB

	community string
	conn      *net.UDPConn
	done      chan struct{}

	mu       sync.Mutex
	faults   Faults
	received []Request
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

// Start makes an agent that listens on an address such as 127.0.0.1:0.
func Start(address, community string, mib *MIB) (*Agent, error) {
	at, err := net.ResolveUDPAddr("udp", address)
	if err != nil {
		return nil, err
	}
	conn, err := net.ListenUDP("udp", at)
	if err != nil {
		return nil, err
	}
	a := &Agent{MIB: mib, community: community, conn: conn, done: make(chan struct{})}
	go a.serve()
	return a, nil
}

// Addr returns the address with the port.
func (a *Agent) Addr() string { return a.conn.LocalAddr().String() }

// Close ends the agent and waits for its goroutine.
func (a *Agent) Close() error {
	err := a.conn.Close()
	<-a.done
	return err
}

// Misbehave replaces the faults.
func (a *Agent) Misbehave(f Faults) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.faults = f
}

// Requests returns the requests since the last call, dropped ones included.
func (a *Agent) Requests() []Request {
	a.mu.Lock()
	defer a.mu.Unlock()
	r := a.received
	a.received = nil
	return r
}

func (a *Agent) serve() {
	defer close(a.done)
	buffer := make([]byte, 65535)
	for {
		n, from, err := a.conn.ReadFromUDPAddrPort(buffer)
		if err != nil {
			return
		}
		answer, delay := a.answer(buffer[:n])
		if answer == nil {
			continue
		}
		if delay > 0 {
			time.AfterFunc(delay, func() { _, _ = a.conn.WriteToUDPAddrPort(answer, from) })
			continue
		}
		_, _ = a.conn.WriteToUDPAddrPort(answer, from) // a lost answer is a fault like any other
	}
}

// answer returns the answer to a request, nil for silence.
func (a *Agent) answer(message []byte) (answer []byte, delay time.Duration) {
	decoder := &gosnmp.GoSNMP{Version: gosnmp.Version2c}
	request, err := decoder.SnmpDecodePacket(message)
	if err != nil || request.Version != gosnmp.Version2c || request.Community != a.community {
		return nil, 0
	}
	faults, drop := a.note(request)
	switch {
	case drop, faults.DropOver > 0 && len(request.Variables) > faults.DropOver:
		return nil, 0
	case faults.Raw != nil:
		return faults.Raw(message), faults.Delay
	}
	p := a.respond(request, faults)
	if faults.Change != nil {
		faults.Change(request, p)
	}
	answer, err = p.MarshalMsg()
	if err != nil {
		return nil, 0
	}
	return answer, faults.Delay
}

// note counts a request and returns the faults that it meets.
func (a *Agent) note(r *gosnmp.SnmpPacket) (f Faults, drop bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.received = append(a.received, Request{r.PDUType, len(r.Variables)})
	if a.faults.Drop != 0 {
		drop = true
		if a.faults.Drop > 0 {
			a.faults.Drop--
		}
	}
	return a.faults, drop
}

func (a *Agent) respond(r *gosnmp.SnmpPacket, f Faults) *gosnmp.SnmpPacket {
	p := &gosnmp.SnmpPacket{
		Version: gosnmp.Version2c, Community: r.Community, PDUType: gosnmp.GetResponse, RequestID: r.RequestID,
	}
	switch r.PDUType {
	case gosnmp.GetRequest:
		if f.TooBigOver > 0 && len(r.Variables) > f.TooBigOver {
			p.Error = gosnmp.TooBig
			return p
		}
		p.Variables = a.get(r.Variables)
	case gosnmp.GetNextRequest:
		p.Variables = a.bulk(r.Variables, 1)
	case gosnmp.GetBulkRequest:
		p.Variables = a.bulk(r.Variables, int(r.MaxRepetitions))
		if f.TooBigOver > 0 && len(p.Variables) > f.TooBigOver {
			p.Variables = p.Variables[:f.TooBigOver]
		}
	default:
		p.Error = gosnmp.NotWritable
	}
	p.Variables = p.Variables[:max(0, len(p.Variables)-f.Truncate)]
	return p
}

func (a *Agent) get(asked []gosnmp.SnmpPDU) []gosnmp.SnmpPDU {
	list := make([]gosnmp.SnmpPDU, 0, len(asked))
	for _, v := range asked {
		got := gosnmp.SnmpPDU{Name: v.Name, Type: gosnmp.NoSuchInstance}
		if value, ok := a.MIB.Get(v.Name); ok {
			got.Type, got.Value = value.Type, value.Value
		}
		list = append(list, got)
	}
	return list
}

// maxAnswer bounds the varbinds of an answer, so that it fits a UDP packet.
const maxAnswer = 1000

func (a *Agent) bulk(asked []gosnmp.SnmpPDU, repetitions int) []gosnmp.SnmpPDU {
	at := make([]string, len(asked))
	for i, v := range asked {
		at[i] = v.Name
	}
	var list []gosnmp.SnmpPDU
	for range repetitions {
		for i := range at {
			next, value, ok := a.MIB.Next(at[i])
			if !ok {
				list = append(list, gosnmp.SnmpPDU{Name: at[i], Type: gosnmp.EndOfMibView})
				continue
			}
			at[i] = next
			list = append(list, gosnmp.SnmpPDU{Name: next, Type: value.Type, Value: value.Value})
		}
		if len(list) >= maxAnswer {
			break
		}
	}
	return list
}
