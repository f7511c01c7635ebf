package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"github.com/vishvananda/netlink"
)

// insideVariable tells the process inside the namespace which sockets to allow.
const insideVariable = "WANWATCH_BENCH_PING_GROUPS"

// canIsolate reports whether this process may make a network namespace.
func canIsolate() bool { return os.Geteuid() == 0 }

// isolate runs the same program again in a network namespace of its own, whose
// loopback it brings up. There, and only there, it sets which groups may open
// ICMP datagram sockets (net.ipv4.ping_group_range, icmp(7)).
func isolate(ctx context.Context, args []string, raw bool) error {
	groups := "0 2147483647"
	if raw {
		groups = "1 0" // nobody: the kernel's default
	}
	cmd := exec.CommandContext(ctx, "/proc/self/exe", args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), insideVariable+"="+groups)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGTERM}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	return cmd.Run()
}

// prepareNetwork finishes the namespace that isolate made; elsewhere it does nothing.
func prepareNetwork() error {
	groups := os.Getenv(insideVariable)
	if groups == "" {
		return nil
	}
	loopback, err := netlink.LinkByName("lo")
	if err != nil {
		return fmt.Errorf("finding the loopback: %w", err)
	}
	if err := netlink.LinkSetUp(loopback); err != nil {
		return fmt.Errorf("bringing the loopback up: %w", err)
	}
	if err := os.WriteFile("/proc/sys/net/ipv4/ping_group_range", []byte(groups), 0o644); err != nil {
		return fmt.Errorf("choosing the kind of ping socket: %w", err)
	}
	return nil
}

// dieWithParent keeps a program under measurement from outliving this one.
func dieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
