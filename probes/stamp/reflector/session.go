package reflector

import (
	"container/list"
	"net/netip"
	"time"
)

const (
	// mostSessions bounds the memory; with more than that the one that was silent
	// longest begins anew.
	mostSessions = 4096
	// idle is how long a session is remembered without a packet. RFC 5357, section
	// 4.2, has 900 s; a sender that begins anew within that has a new port or SSID.
	idle = 15 * time.Minute
)

// session is whose packets belong together (RFC 8972, section 3).
type session struct {
	from netip.AddrPort
	ssid uint16
}

// sessions count the answers to each session. It is for one goroutine.
type sessions struct {
	byID map[session]*list.Element
	used *list.List // of *counter, the newest first
}

type counter struct {
	id   session
	next uint32
	seen time.Time
}

func newSessions() sessions {
	return sessions{byID: map[session]*list.Element{}, used: list.New()}
}

// next returns the number of the next answer, which begins with 0.
func (s sessions) next(id session, now time.Time) uint32 {
	e, ok := s.byID[id]
	if ok && now.Sub(e.Value.(*counter).seen) > idle {
		s.forget(e)
		ok = false
	}
	if !ok {
		if len(s.byID) >= mostSessions {
			s.forget(s.used.Back())
		}
		e = s.used.PushFront(&counter{id: id})
		s.byID[id] = e
	}
	s.used.MoveToFront(e)
	c := e.Value.(*counter)
	n := c.next
	c.next, c.seen = n+1, now
	return n
}

func (s sessions) forget(e *list.Element) {
	delete(s.byID, e.Value.(*counter).id)
	s.used.Remove(e)
}
