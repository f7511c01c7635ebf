package trace

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// connections are SYNs to a port, each from a socket of its own, which is closed as soon
// as anything is known of it.
type connections struct {
	settings
	port   int
	open   map[int]attempt
	buffer [512]byte
}

type attempt struct {
	fd   int
	sent time.Time
}

func (c *connections) close() {
	for key := range c.open {
		c.end(key)
	}
}

func (c *connections) end(key int) {
	_ = unix.Close(c.open[key].fd)
	delete(c.open, key)
}

// send implements line. The kernel sends a SYN again after a second, which is as long
// as a walk waits.
func (c *connections) send(k packet) error {
	fd, err := c.socket(unix.SOCK_STREAM, unix.IPPROTO_TCP)
	if err != nil {
		return err
	}
	err = c.setTTL(fd, k.ttl)
	a := attempt{fd, time.Now()}
	if err == nil {
		err = unix.Connect(fd, address(c.target, c.port))
	}
	if err != nil && !errors.Is(err, unix.EINPROGRESS) && !errors.Is(err, unix.ECONNREFUSED) {
		_ = unix.Close(fd)
		return sendFailure(c.target, err)
	}
	c.open[k.key] = a
	return nil
}

// hear implements line.
func (c *connections) hear(until time.Time) ([]reply, error) {
	keys := make([]int, 0, len(c.open))
	for key := range c.open {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	list := make([]unix.PollFd, len(keys))
	for i, key := range keys {
		list[i] = unix.PollFd{Fd: int32(c.open[key].fd), Events: unix.POLLOUT}
	}
	if err := wait(list, until); err != nil {
		return nil, err
	}
	now := time.Now()
	var replies []reply
	for i, key := range keys {
		if list[i].Revents == 0 {
			continue
		}
		r, ok := c.outcome(key)
		if !ok {
			continue
		}
		r.key, r.trip = key, now.Sub(c.open[key].sent)
		replies = append(replies, r)
		c.end(key)
	}
	return replies, nil
}

// outcome is what became of a connection; ok is false while nothing has.
func (c *connections) outcome(key int) (r reply, ok bool) {
	fd := c.open[key].fd
	if e, _, err := readError(fd, c.buffer[:]); err == nil {
		r = e.reply(c.target)
		return r, r.event != tooBig
	}
	code, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err != nil {
		code = int(unix.EBADF)
	}
	switch errno := unix.Errno(code); errno {
	case 0, unix.ECONNREFUSED, unix.ECONNRESET:
		return reply{event: arrived, from: c.target}, true
	default:
		return reply{event: refused, text: fmt.Sprintf("this host says: %v", errno)}, true
	}
}
