package snmp

import (
	"fmt"
	"sync"
	"time"

	"github.com/gosnmp/gosnmp"
)

// engines lends gosnmp values to devices for the length of a request. A value
// holds a receive buffer of 64 KiB and serves one request at a time; one for
// each device would hold 190 MiB for 3,000 devices, nearly all of it idle.
type engines struct {
	idle sync.Pool
}

// borrow returns a value with a receive buffer and nothing else of use.
func (e *engines) borrow() (*gosnmp.GoSNMP, error) {
	if g, ok := e.idle.Get().(*gosnmp.GoSNMP); ok {
		return g, nil
	}
	// Connect is all that makes the buffer. An unconnected socket needs no
	// route, and nothing is sent on it.
	g := &gosnmp.GoSNMP{
		Target: "127.0.0.1", Port: 9, Timeout: time.Second,
		Version: gosnmp.Version2c, UseUnconnectedUDPSocket: true,
	}
	if err := g.Connect(); err != nil {
		return nil, fmt.Errorf("make a receive buffer: %w", err)
	}
	if err := g.Close(); err != nil {
		return nil, fmt.Errorf("make a receive buffer: %w", err)
	}
	return g, nil
}

// giveBack takes a value back, emptied of the device's secrets.
func (e *engines) giveBack(g *gosnmp.GoSNMP) {
	g.Conn, g.Context, g.OnSent = nil, nil, nil
	g.Community, g.ContextName, g.ContextEngineID = "", "", ""
	g.SecurityParameters = nil
	e.idle.Put(g)
}
