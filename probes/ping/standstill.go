package ping

import (
	"log/slog"
	"time"
)

// tellEach is how often the log tells of standstills at most: a host that is short of
// processor time makes many of them.
const tellEach = int64(time.Minute)

// standstills are those of the loop that the log was not told of yet.
type standstills struct {
	logger *slog.Logger
	times  int
	length time.Duration
	next   int64 // when the log is told again
}

// add adds one that ended now.
func (s *standstills) add(length time.Duration, now int64) {
	s.times++
	s.length += length
	if now < s.next {
		return
	}
	s.logger.Warn("the program stood still, so some pings were not sent or not judged: give the host more CPU time",
		"for", s.length.Round(time.Millisecond).String(), "times", s.times)
	s.times, s.length, s.next = 0, 0, now+tellEach
}
