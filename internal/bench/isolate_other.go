//go:build !linux

package main

import (
	"context"
	"errors"
	"syscall"
)

func canIsolate() bool { return false }

func isolate(context.Context, []string, bool) error {
	return errors.New("network namespaces need Linux")
}

func prepareNetwork() error {
	return errors.New("the figures come from /proc: run this on Linux")
}

func dieWithParent() *syscall.SysProcAttr { return nil }
