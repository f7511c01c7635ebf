package inhabit

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// patience is how long a server waits for a client.
const patience = 30 * time.Second

// TCP is a server that takes connections, says its banner, reads what the
// client says until the client ends, and closes.
type TCP struct {
	Address string // host:port; without a host, that port at every address
	Banner  string // said first; empty: nothing
	// Certificate, if not nil, makes it a TLS server.
	Certificate *tls.Certificate
	// Refuse: connections are closed as soon as they are made.
	Refuse bool

	listener net.Listener
	work     sync.WaitGroup
	accepted atomic.Uint64

	mu     sync.Mutex
	open   map[net.Conn]struct{}
	closed bool
}

// Start listens.
func (s *TCP) Start(ctx context.Context, n Network) error {
	listener, err := n.Listen(ctx, "tcp", s.Address)
	if err != nil {
		return fmt.Errorf("tcp server: %w", err)
	}
	s.listener, s.open, s.closed = listener, map[net.Conn]struct{}{}, false
	s.work.Go(s.accept)
	return nil
}

// Close ends the server and its connections.
func (s *TCP) Close() error {
	s.mu.Lock()
	s.closed = true
	for conn := range s.open {
		_ = conn.Close() // its goroutine ends by that
	}
	s.mu.Unlock()
	err := s.listener.Close()
	s.work.Wait()
	return err
}

// Accepted returns how many connections were taken.
func (s *TCP) Accepted() uint64 { return s.accepted.Load() }

func (s *TCP) accept() {
	for {
		conn, err := s.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue // such as a connection that ended before it was taken
		}
		s.accepted.Add(1)
		if !s.keep(conn) {
			_ = conn.Close()
			return
		}
		s.work.Go(func() {
			defer s.drop(conn)
			s.serve(conn)
		})
	}
}

func (s *TCP) keep(conn net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.open[conn] = struct{}{}
	return true
}

func (s *TCP) drop(conn net.Conn) {
	s.mu.Lock()
	delete(s.open, conn)
	s.mu.Unlock()
	_ = conn.Close() // nothing is lost by an error here
}

// serve talks to one client; its errors are the client's affair.
func (s *TCP) serve(conn net.Conn) {
	if s.Refuse || conn.SetDeadline(time.Now().Add(patience)) != nil {
		return
	}
	if s.Certificate != nil {
		server := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{*s.Certificate}, MinVersion: tls.VersionTLS12})
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if server.HandshakeContext(ctx) != nil {
			return
		}
		conn = server
	}
	if _, err := io.WriteString(conn, s.Banner); err == nil {
		_, _ = io.Copy(io.Discard, conn)
	}
}
