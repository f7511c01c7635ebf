package store

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
)

// explain says what to do about a database that could not be opened.
func explain(path string, err error) error {
	do := "look at what is named there; a copy of the folder loses nothing"
	switch {
	case errors.Is(err, syscall.EAGAIN), strings.Contains(err.Error(), "lock DB directory"):
		do = "another wanwatch keeps its history there: end it, or name another folder with --storage.path"
	case errors.Is(err, syscall.ENOSPC):
		do = "the disk is full: make room, or name another folder with --storage.path"
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		do = "let the user of wanwatch write there, or name another folder with --storage.path"
	}
	return fmt.Errorf("open the store %s: %w; %s", path, err, do)
}
