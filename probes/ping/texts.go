package ping

import (
	"errors"
	"fmt"
	"time"

	"wanwatch/probes"
)

// texts are the last details that a target's results had. A target that is dead
// for a day says the same each second; it is put into words once.
type texts struct {
	silence string

	by      complaint // without payload
	byText  string
	refused string // the kernel's refusal
	errno   error
}

// silent says that nothing came.
func (t *target) silent() string {
	if t.texts.silence == "" {
		t.texts.silence = fmt.Sprintf("no answer from %s within %s", t.host, t.settings.timeout.Round(time.Millisecond))
	}
	return t.texts.silence
}

// said puts a complaint into words.
func (t *target) said(c *complaint) string {
	was := &t.texts.by
	if t.texts.byText == "" || was.by != c.by || was.kind != c.kind || was.code != c.code || was.mtu != c.mtu {
		*was = *c
		was.payload = nil
		t.texts.byText = c.String()
	}
	return t.texts.byText
}

// refusedBy puts the kernel's refusal into words.
func (t *target) refusedBy(err *sendError) string {
	if t.texts.refused == "" || !errors.Is(err.cause, t.texts.errno) {
		t.texts.errno = err.cause
		t.texts.refused = fmt.Sprintf("sending to %s%s: %v", t.host, t.way(), err.cause)
	}
	return t.texts.refused
}

// way names the options that may be why a packet cannot be sent.
func (t *target) way() string {
	text := ""
	if t.settings.source.IsValid() {
		text += " from " + t.settings.source.String()
	}
	if t.settings.ifname != "" {
		text += " through " + t.settings.ifname
	}
	return text
}

// sendError is why the kernel did not take a packet.
type sendError struct {
	reason probes.Reason
	again  bool // it may take it in a moment
	cause  error
}

// Error implements error.
func (e *sendError) Error() string { return e.cause.Error() }

// Unwrap returns the kernel's error.
func (e *sendError) Unwrap() error { return e.cause }

const stalledText = "the program stood still or was starved of CPU time"

// stalledFor says for how long sending was not possible.
func stalledFor(d time.Duration) string {
	return fmt.Sprintf("%s: the packet was due %s ago and was not sent", stalledText, d.Round(time.Millisecond))
}
