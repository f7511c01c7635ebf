package demo

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	"wanwatch/exporter"
	"wanwatch/internal/lab/world"
	"wanwatch/inventory"
)

// narrator tells people what happens on the network, and what wanwatch says of
// it.
type narrator struct {
	out     io.Writer
	scenery scenery
	now     func() time.Time
	next    []turn // of the story, the earliest first
	changes changes
}

// turn is a scene that begins or ends.
type turn struct {
	scene  *world.Scene
	at     time.Duration // on the story's clock
	begins bool
}

func newNarrator(out io.Writer, s scenery) *narrator {
	t := &narrator{out: out, scenery: s, now: time.Now}
	for _, scene := range s.network.Story {
		t.next = append(t.next, turn{scene, scene.At, true})
	}
	t.sort()
	return t
}

func (t *narrator) sort() {
	slices.SortStableFunc(t.next, func(a, b turn) int { return cmp.Compare(a.at, b.at) })
}

// open says what is there and where to look.
func (t *narrator) open(secure bool, listeners []net.Listener) {
	n := t.scenery.network
	fmt.Fprintf(t.out, "A simulated network: %s.\n%d sites, %d links, %d conference endpoints. Every name, number and address is invented.\n\n",
		n.World.Organization, n.Sites, n.Links, n.Rooms)
	scheme := "http"
	if secure {
		scheme = "https"
	}
	base := scheme + "://" + listeners[0].Addr().String()
	fmt.Fprintf(t.out, "Open  %s/\n", base)
	fmt.Fprintf(t.out, "      %s/metrics, for a Prometheus to scrape\n", base)
	if n.Example != "" {
		fmt.Fprintf(t.out, "      %s/probe?target=%s, probed now and explained\n", base, n.Example)
	}
	fmt.Fprintf(t.out, "End   Ctrl-C; nothing is left behind\n\n")
	if len(t.next) == 0 {
		return
	}
	fmt.Fprintf(t.out, "What is about to happen:\n")
	for _, x := range t.next {
		fmt.Fprintf(t.out, "  %s  %s%s\n", t.clock(x.at), x.scene.Note, lasting(x.scene))
	}
	fmt.Fprintln(t.out)
}

func lasting(s *world.Scene) string {
	var text string
	if s.For > 0 {
		text = fmt.Sprintf(", for %s", inventory.FormatDuration(s.For))
	}
	if s.Every > 0 {
		text += fmt.Sprintf(", every %s", inventory.FormatDuration(s.Every))
	}
	return text
}

// clock returns the time of day of a moment of the story.
func (t *narrator) clock(at time.Duration) string {
	return t.scenery.epoch.Add(at).Format(time.TimeOnly)
}

// tick is how often the states are looked at, settle how long changes are
// gathered before they are told, so that twenty links make one line.
const (
	tick   = 250 * time.Millisecond
	settle = 2 * time.Second
)

// run tells until ctx is done, wanwatch has ended, or the ground has failed.
func (t *narrator) run(ctx context.Context, states func() []exporter.TargetState, ended, failed <-chan struct{}) {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ended:
			return
		case <-failed:
			return
		case <-ticker.C:
		}
		now := t.now().Sub(t.scenery.epoch)
		t.story(now)
		for _, line := range t.changes.look(now, states()) {
			t.say(now, "wanwatch: "+line)
		}
	}
}

// story tells the scenes that have begun or ended.
func (t *narrator) story(now time.Duration) {
	for len(t.next) > 0 && t.next[0].at <= now {
		x := t.next[0]
		t.next = t.next[1:]
		if x.begins {
			t.say(x.at, "it happens: "+x.scene.Note)
			if x.scene.For > 0 {
				t.next = append(t.next, turn{x.scene, x.at + x.scene.For, false})
			}
		} else {
			t.say(x.at, "it ends:    "+x.scene.Note)
			if x.scene.Every > 0 {
				t.next = append(t.next, turn{x.scene, x.at - x.scene.For + x.scene.Every, true})
			}
		}
		t.sort()
	}
}

func (t *narrator) say(at time.Duration, what string) {
	fmt.Fprintf(t.out, "%s  %s\n", t.clock(at), strings.TrimSpace(what))
}
