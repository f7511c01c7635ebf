// Package registrar is a SIP server of the lab: it knows rooms, and says of each how
// it is (RFC 3261, sections 8.2.6 and 11.2). It shares nothing with the probe.
package registrar

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"

	"wanwatch/internal/lab/inhabit"
)

// Registrar answers OPTIONS over UDP at one address.
type Registrar struct {
	Address string // host:port
	// Rooms are the registered user parts, and the status line's end that each has:
	// "200 OK", "486 Busy Here".
	Rooms map[string]string

	mu   sync.Mutex
	conn net.PacketConn
	work sync.WaitGroup
}

var _ inhabit.Inhabitant = (*Registrar)(nil)

// Start listens.
func (r *Registrar) Start(ctx context.Context, n inhabit.Network) error {
	conn, err := n.ListenPacket(ctx, "udp", r.Address)
	if err != nil {
		return fmt.Errorf("registrar: %w", err)
	}
	r.conn = conn
	r.work.Go(r.serve)
	return nil
}

// Close ends it; a second call does nothing.
func (r *Registrar) Close() error {
	err := r.conn.Close()
	r.work.Wait()
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// Local is where it listens.
func (r *Registrar) Local() net.Addr { return r.conn.LocalAddr() }

// Register puts a room in with its status, or, with an empty one, out.
func (r *Registrar) Register(room, status string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if status != "" {
		r.Rooms[room] = status
	} else {
		delete(r.Rooms, room)
	}
}

func (r *Registrar) serve() {
	buffer := make([]byte, 64<<10)
	for {
		n, from, err := r.conn.ReadFrom(buffer)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue // an ICMP error about an earlier answer
		}
		if answer := r.answer(string(buffer[:n])); answer != "" {
			_, _ = r.conn.WriteTo([]byte(answer), from)
		}
	}
}

// answer returns what a request is answered with; nothing if it is none.
func (r *Registrar) answer(request string) string {
	head, _, _ := strings.Cut(request, "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	words := strings.Fields(lines[0])
	if len(words) != 3 || words[2] != "SIP/2.0" {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "SIP/2.0 %s\r\n", r.status(words[0], words[1]))
	for _, line := range lines[1:] {
		name, _, _ := strings.Cut(line, ":")
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "to":
			if !strings.Contains(line, ";tag=") {
				line += ";tag=lab"
			}
			fallthrough
		case "via", "from", "call-id", "cseq":
			b.WriteString(line + "\r\n")
		}
	}
	b.WriteString("Server: lab\r\nContent-Length: 0\r\n\r\n")
	return b.String()
}

func (r *Registrar) status(method, uri string) string {
	if method != "OPTIONS" {
		return "405 Method Not Allowed"
	}
	room, _, ofRoom := strings.Cut(strings.TrimPrefix(uri, "sip:"), "@")
	if !ofRoom {
		return "200 OK"
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if status, ok := r.Rooms[room]; ok {
		return status
	}
	return "404 Not Found"
}
