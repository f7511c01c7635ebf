package probes

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"
)

// own returns the result about the job's own target, or nil if there is none.
func (r Report) own() *Result {
	for i := range r.Results {
		if res := &r.Results[i]; res.Target == r.Job.Target && res.Outcome != Note {
			return res
		}
	}
	return nil
}

// OK reports whether all that the probe found is as it should be: about its own
// target, and about those that the answer also tells something about.
func (r Report) OK() bool {
	for i := range r.Results {
		if res := &r.Results[i]; res.Outcome != Note && res.Verdict() != Success {
			return false
		}
	}
	return r.own() != nil
}

// margin is what stands left of all but the first line.
const margin = "           "

// WriteText writes the report for people: one line, and below it, unless all is
// well, what was done, what came back and what to do about it. The columns are
// wide enough for most, so that the lines of several reports stand aligned.
func (r Report) WriteText(w io.Writer) error { return r.write(w, !r.OK()) }

// WriteSteps writes the same, and what was done and what came back even if all is
// well.
func (r Report) WriteSteps(w io.Writer) error { return r.write(w, true) }

func (r Report) write(w io.Writer, steps bool) error {
	var b bytes.Buffer
	own := r.own()
	key := r.Job.Key()
	fmt.Fprintf(&b, "%s %-8s %-8s %-24s %-6s %-22s %12s", sign(own), word(own), key.Kind, key.Target, key.Probe, key.Address, roundTime(r.took(own)))
	switch {
	case own == nil || own.Reason == "":
	case own.Verdict() == Success:
		fmt.Fprintf(&b, "  expected: %s", own.Reason)
	default:
		fmt.Fprintf(&b, "  %s", own.Reason)
	}
	b.WriteByte('\n')
	for i := range r.Results {
		if res := &r.Results[i]; res != own && res.Outcome != Note && res.Target != nil {
			fmt.Fprintf(&b, margin+"%s %s: %s %s", sign(res), word(res), res.Target.Kind, res.Target.ID)
			if res.Detail != "" {
				fmt.Fprintf(&b, ": %s", res.Detail)
			}
			b.WriteByte('\n')
		}
	}
	if steps {
		r.explain(&b, own)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// explain writes the steps of a probe that went wrong and the advice.
func (r Report) explain(b *bytes.Buffer, own *Result) {
	for _, s := range r.Steps {
		fmt.Fprintf(b, margin+"%12s  %s\n", "+"+roundTime(s.At), indented(s.Text, 14))
	}
	if own == nil {
		fmt.Fprintf(b, margin+"the probe ended without a result\n")
		return
	}
	if own.Detail != "" {
		fmt.Fprintf(b, margin+"result:  %s\n", indented(own.Detail, 9))
	}
	for _, a := range r.advice() {
		fmt.Fprintf(b, margin+"meaning: %s\n"+margin+"to do:   %s\n", a.Means, a.Do)
	}
}

// indented puts the further lines of a text under the first, which begins n columns
// right of the margin. Empty lines stay empty.
func indented(text string, n int) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if i > 0 && line != "" {
			lines[i] = margin + strings.Repeat(" ", n) + line
		}
	}
	return strings.Join(lines, "\n")
}

// advice explains everything that went wrong, each reason once.
func (r Report) advice() []Advice {
	var list []Advice
	seen := map[Reason]bool{}
	for i := range r.Results {
		res := &r.Results[i]
		if a, ok := res.advice(); ok && !seen[res.Reason] {
			seen[res.Reason] = true
			list = append(list, a)
		}
	}
	return list
}

// took is the time to the answer; that of the whole probe if it has none.
func (r Report) took(own *Result) time.Duration {
	if own != nil && own.Outcome == Success && own.Duration > 0 {
		return own.Duration
	}
	return r.Took
}

// word says how a result is, nil standing for none.
func word(r *Result) string {
	switch {
	case r == nil, r.Verdict() == Unknown:
		return "UNKNOWN"
	case r.Verdict() == Success:
		return "ok"
	default:
		return "FAILED"
	}
}

// sign says the same, with the signs of the states up, down and unknown.
func sign(r *Result) string {
	switch word(r) {
	case "ok":
		return "●"
	case "FAILED":
		return "✕"
	default:
		return "?"
	}
}

// roundTime writes a time in milliseconds, to three digits after the point below
// ten of them.
func roundTime(d time.Duration) string {
	ms := float64(d) / float64(time.Millisecond)
	if ms < 10 {
		return fmt.Sprintf("%.3f ms", ms)
	}
	return fmt.Sprintf("%.1f ms", ms)
}
