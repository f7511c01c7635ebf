package main

import (
	"os"
	"syscall"
)

// peakOf is the most memory in bytes that a program which ended had in RAM.
func peakOf(s *os.ProcessState) int64 {
	if use, ok := s.SysUsage().(*syscall.Rusage); ok {
		return use.Maxrss << 10
	}
	return 0
}
