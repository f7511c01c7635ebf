package quality

import "time"

// WindowPackets is how many packets a window has: a minute of pings each second.
const WindowPackets = 60

// Window gathers what becomes of packets, as they come, and forgets them: it is for
// probes that never end. It wants two calls for each packet that arrives, [Window.Hear]
// in the order of arrival and [Window.Judge] in that of sending, and the second alone
// for one that does not.
type Window struct {
	least, before time.Duration // the least delay of this window, and of the one before
	sum           time.Duration
	heard         uint16
	packets       uint16
	lost, late    uint16
	runs          uint16
	running       bool
}

// Hear takes the delay of a packet, and reports whether it came too late for a
// de-jitter buffer that plays the quickest packets of this window and the last after
// its full depth.
func (w *Window) Hear(delay, buffer time.Duration) (late bool) {
	if w.heard == 0 || delay < w.least {
		w.least = delay
	}
	w.heard++
	w.sum += delay
	least := w.least
	if w.before > 0 {
		least = min(least, w.before)
	}
	return delay-least > buffer
}

// Judge takes what became of a packet, and reports whether the window is full.
func (w *Window) Judge(lost, late bool) (full bool) {
	w.packets++
	if lost {
		w.lost++
	} else if late {
		w.late++
	}
	gone := lost || late
	if gone && !w.running {
		w.runs++
	}
	w.running = gone
	return w.packets >= WindowPackets
}

// Take returns what the window has gathered, and begins the next.
func (w *Window) Take(jitter time.Duration) Stretch {
	s := Stretch{Packets: int(w.packets), Lost: int(w.lost), Late: int(w.late), Runs: int(w.runs), Jitter: jitter}
	if w.heard > 0 {
		s.RTT = w.sum / time.Duration(w.heard)
	}
	// A run that goes on counts in both windows.
	*w = Window{before: w.least}
	return s
}

// Gather returns the stretch of packets whose fate is known of each: gone are those
// lost or late, of which late are late.
func Gather(gone []bool, late int, rtt, jitter time.Duration) Stretch {
	s := Stretch{Packets: len(gone), Late: late, RTT: rtt, Jitter: jitter}
	running := false
	for _, g := range gone {
		if g {
			s.Lost++
			if !running {
				s.Runs++
			}
		}
		running = g
	}
	s.Lost -= late
	return s
}
