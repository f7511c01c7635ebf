package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a program under measurement.
type process struct {
	name   string
	cmd    *exec.Cmd
	log    string // file with its standard error
	exited chan struct{}
	err    error // set when exited is closed
}

// missingError is a peer that is not installed.
type missingError struct{ program, debian string }

func (m missingError) Error() string {
	return fmt.Sprintf("not measured: %s is not installed (apt-get install %s)", m.program, m.debian)
}

func isMissing(err error) bool {
	_, ok := errors.AsType[missingError](err)
	return ok
}

// find returns the path of a peer.
func find(program, debian string) (string, error) {
	path, err := exec.LookPath(program)
	if err != nil {
		return "", missingError{program, debian}
	}
	return path, nil
}

// start runs a program. Its standard output goes to the file stdout if that is
// given; its standard error to a log of which failures show the end.
func (b *bench) start(ctx context.Context, stdout string, path string, args ...string) (*process, error) {
	name := filepath.Base(path)
	logFile, err := os.CreateTemp(b.dir, name+"-*.log")
	if err != nil {
		return nil, err
	}
	defer logFile.Close()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = stopTimeout
	cmd.Stderr = logFile
	cmd.SysProcAttr = dieWithParent()
	if stdout != "" {
		out, err := os.Create(stdout)
		if err != nil {
			return nil, err
		}
		defer out.Close()
		cmd.Stdout = out
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	p := &process{name: name, cmd: cmd, log: logFile.Name(), exited: make(chan struct{})}
	go func() {
		p.err = cmd.Wait()
		close(p.exited)
	}()
	return p, nil
}

// stopTimeout is how long a program may take to end when it is asked to.
const stopTimeout = 10 * time.Second

// stop ends the program: politely, and after a while by force.
func (p *process) stop() {
	// It may have ended by itself; there is nothing to do then.
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.exited:
	case <-time.After(stopTimeout):
		_ = p.cmd.Process.Kill()
		<-p.exited
	}
}

// wait sleeps for d and fails at once if the program ends before that.
func (p *process) wait(ctx context.Context, d time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	select {
	case <-p.exited:
		return p.ended()
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return nil
		}
		return ctx.Err()
	}
}

// ended describes a program that should still be running.
func (p *process) ended() error {
	return fmt.Errorf("%s ended: %w: %s", p.name, orNil(p.err), p.lastWords())
}

func orNil(err error) error {
	if err == nil {
		return errors.New("exit status 0")
	}
	return err
}

// lastWords returns the last line of the program's standard error.
func (p *process) lastWords() string {
	data, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	return lines[len(lines)-1]
}

// cpu returns the processor time that the program has used, user and system.
func (p *process) cpu() (time.Duration, error) {
	data, err := os.ReadFile(p.proc("stat"))
	if err != nil {
		return 0, err
	}
	return parseCPU(string(data))
}

// userTick is the unit of /proc/PID/stat: USER_HZ is 100 on every Linux.
const userTick = 10 * time.Millisecond

// parseCPU adds fields 14 and 15 (utime, stime) of /proc/PID/stat, proc(5). The
// second field is the program's name and may hold spaces and parentheses.
func parseCPU(stat string) (time.Duration, error) {
	end := strings.LastIndexByte(stat, ')')
	fields := strings.Fields(stat[end+1:])
	if end < 0 || len(fields) < 13 {
		return 0, errors.New("/proc/PID/stat is not as proc(5) says")
	}
	user, err := strconv.ParseInt(fields[11], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("utime: %w", err)
	}
	system, err := strconv.ParseInt(fields[12], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("stime: %w", err)
	}
	return time.Duration(user+system) * userTick, nil
}

// memory returns the bytes that the program holds in RAM now, and the most that
// it ever held.
func (p *process) memory() (now, peak int64, err error) {
	data, err := os.ReadFile(p.proc("status"))
	if err != nil {
		return 0, 0, err
	}
	return parseMemory(string(data))
}

// parseMemory reads VmRSS and VmHWM out of /proc/PID/status, proc(5).
func parseMemory(status string) (now, peak int64, err error) {
	for line := range strings.Lines(status) {
		fields := strings.Fields(line)
		if len(fields) != 3 || fields[2] != "kB" {
			continue
		}
		kib, err := strconv.ParseInt(fields[1], 10, 64)
		if err != nil {
			return 0, 0, fmt.Errorf("%s %w", fields[0], err)
		}
		switch fields[0] {
		case "VmRSS:":
			now = kib * 1024
		case "VmHWM:":
			peak = kib * 1024
		}
	}
	if now == 0 || peak == 0 {
		return 0, 0, errors.New("/proc/PID/status has no VmRSS or VmHWM")
	}
	return now, peak, nil
}

func (p *process) proc(file string) string {
	return filepath.Join("/proc", strconv.Itoa(p.cmd.Process.Pid), file)
}
