// Package mirror is a STAMP reflector of the lab, written from RFC 8762 and RFC 8972
// apart from the probe and from wanwatch's own reflector, and worse than that on
// request: it can lose, forget, lie about its clock, and speak TWAMP-light.
package mirror

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"wanwatch/internal/lab/inhabit"
)

// Mirror answers test packets at one address.
type Mirror struct {
	Address string // host:port
	// Stateless returns the sender's number in place of its own.
	Stateless bool
	// Light answers as a reflector of TWAMP-light does that knows nothing newer: 41
	// octets and zeros, the same moment as T2 and T3, no TTL, no SSID.
	Light bool
	// Skew is by how much its clock is ahead; Synchronized is what it says of it.
	Skew         time.Duration
	Synchronized bool
	// Lose tells, by the sender's number, which questions it does not get (answer
	// false) and which answers it does not send (answer true).
	Lose func(number uint32, answer bool) bool
	// Forget keeps no questions, for who sends millions.
	Forget bool
	// Spoil, if given, makes of an answer what is sent: none, or several.
	Spoil func(answer []byte) [][]byte

	mu       sync.Mutex
	received [][]byte
	conn     *net.UDPConn
	work     sync.WaitGroup
}

var _ inhabit.Inhabitant = (*Mirror)(nil)

// Start listens.
func (m *Mirror) Start(ctx context.Context, n inhabit.Network) error {
	conn, err := n.ListenPacket(ctx, "udp", m.Address)
	if err != nil {
		return fmt.Errorf("mirror: %w", err)
	}
	m.conn = conn.(*net.UDPConn)
	if err := tellTOS(m.conn); err != nil {
		return errors.Join(fmt.Errorf("mirror: %w", err), conn.Close())
	}
	m.work.Go(m.serve)
	return nil
}

// Close ends it; a second call does nothing.
func (m *Mirror) Close() error {
	err := m.conn.Close()
	m.work.Wait()
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// Local is where it listens.
func (m *Mirror) Local() net.Addr { return m.conn.LocalAddr() }

// Received returns the questions so far.
func (m *Mirror) Received() [][]byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([][]byte(nil), m.received...)
}

func (m *Mirror) serve() {
	counters := map[string]uint32{}
	buffer, control := make([]byte, 64<<10), make([]byte, 256)
	for {
		n, told, _, from, err := m.conn.ReadMsgUDP(buffer, control)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue // an ICMP error about an earlier answer
		}
		question := append([]byte(nil), buffer[:n]...)
		m.remember(question)
		if n < 14 {
			continue
		}
		number := binary.BigEndian.Uint32(question)
		if m.Lose != nil && m.Lose(number, false) {
			continue
		}
		session := from.String()
		counter := counters[session]
		counters[session]++
		if m.Stateless {
			counter = number
		}
		if m.Lose != nil && m.Lose(number, true) {
			continue
		}
		m.send(m.answer(question, counter, tosOf(control[:told])), from)
	}
}

func (m *Mirror) remember(question []byte) {
	if m.Forget {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.received = append(m.received, question)
}

func (m *Mirror) send(answer []byte, to *net.UDPAddr) {
	list := [][]byte{answer}
	if m.Spoil != nil {
		list = m.Spoil(answer)
	}
	for _, a := range list {
		_, _ = m.conn.WriteToUDP(a, to)
	}
}

// answer is RFC 8762, section 4.3.1.
func (m *Mirror) answer(question []byte, counter uint32, tos byte) []byte {
	a := make([]byte, max(len(question), 41))
	received := m.now()
	binary.BigEndian.PutUint32(a, counter)
	binary.BigEndian.PutUint64(a[4:], received)
	binary.BigEndian.PutUint16(a[12:], 0x0001)
	if m.Synchronized {
		a[12] |= 0x80
	}
	binary.BigEndian.PutUint64(a[16:], received)
	copy(a[24:38], question[:14]) // number, time and error estimate
	if m.Light || len(question) < 44 {
		return a
	}
	copy(a[14:16], question[14:16]) // SSID
	a[40] = 255
	copy(a[44:], question[44:])
	// RFC 8972, section 4.4: the class of service is the first TLV here.
	if tlv := a[44:]; len(tlv) >= 8 && tlv[1] == 4 && binary.BigEndian.Uint16(tlv[2:]) == 4 {
		tlv[0] = 0
		tlv[4] = tlv[4]&0xfc | tos>>6
		tlv[5] = tos>>2<<4 | tos&3<<2
	}
	binary.BigEndian.PutUint64(a[4:], m.now())
	return a
}

// now is NTP's time of 64 bits.
func (m *Mirror) now() uint64 {
	t := time.Now().Add(m.Skew)
	return uint64(t.Unix()+2208988800)<<32 | uint64(t.Nanosecond())<<32/1e9
}
