package main

import (
	"io"
	"os"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress shows on a terminal how far long work has come; elsewhere it is
// silent. It uses no colour.
type progress struct {
	bar *progressbar.ProgressBar // nil where there is no terminal
}

// newProgress shows work of a number of steps.
func newProgress(stderr io.Writer, what string, steps int) progress {
	f, ok := stderr.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return progress{}
	}
	return progress{progressbar.NewOptions(steps,
		progressbar.OptionSetWriter(f),
		progressbar.OptionSetDescription(what),
		progressbar.OptionShowCount(),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionEnableColorCodes(false),
	)}
}

// add counts one step. What the bar cannot draw is not worth failing for.
func (p progress) add() {
	if p.bar != nil {
		_ = p.bar.Add(1)
	}
}

// set says what is being done, and how far it is.
func (p progress) set(what string, done, of int) {
	if p.bar == nil {
		return
	}
	p.bar.ChangeMax(of)
	p.bar.Describe(what)
	_ = p.bar.Set(done)
}

// around takes the bar off the screen while something else is printed.
func (p progress) around(output func() error) error {
	if p.bar != nil {
		_ = p.bar.Clear()
	}
	return output()
}

// end takes the bar off the screen.
func (p progress) end() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}
