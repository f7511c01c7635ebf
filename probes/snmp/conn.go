package snmp

import (
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// errClosed stands for io.EOF, which makes gosnmp dial again by itself.
var errClosed = errors.New("the connection was closed by the device")

// conn is the socket of a device. It differs from a plain one in three ways
// that gosnmp needs: a request that waits can be cut short, the end of a TCP
// connection is an error, and the last short message is kept, because gosnmp
// drops the reports that say why a device refuses a credential.
type conn struct {
	net.Conn
	mu   sync.Mutex
	cut  bool
	last []byte
}

// lastSize bounds the messages kept: a report takes about 120 bytes.
const lastSize = 512

// past is a deadline that makes every read and write return at once.
var past = time.Unix(1, 0)

// Cut ends the request that waits, and all later ones.
func (c *conn) Cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut = true
	_ = c.Conn.SetDeadline(past) // a closed socket needs no deadline
}

// SetDeadline sets the deadline unless the connection was cut: gosnmp sets one
// before each try, which must not revive a cancelled request.
func (c *conn) SetDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cut {
		t = past
	}
	return c.Conn.SetDeadline(t)
}

// Write forgets the last message: a report that was read before tells nothing
// about what is asked now.
func (c *conn) Write(b []byte) (int, error) {
	c.last = c.last[:0]
	return c.Conn.Write(b)
}

func (c *conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if errors.Is(err, io.EOF) {
		err = errClosed
	}
	if n <= lastSize {
		c.last = append(c.last[:0], b[:n]...)
	}
	return n, err
}

// roaming is a UDP socket that takes answers from any address.
type roaming struct {
	*net.UDPConn
	to *net.UDPAddr
}

func (r roaming) Read(b []byte) (int, error) {
	n, _, err := r.ReadFromUDPAddrPort(b)
	return n, err
}

func (r roaming) Write(b []byte) (int, error) { return r.WriteToUDP(b, r.to) }

func (r roaming) RemoteAddr() net.Addr { return r.to }
