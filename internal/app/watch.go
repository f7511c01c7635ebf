package app

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// settle is how long the files must have been quiet before they are read:
	// editors and copying write a file in several steps.
	settle = 500 * time.Millisecond
	// unsettled is how long to wait for that at most: a neighbour in the folder
	// may never be quiet.
	unsettled = 10 * settle
	// recheck is how often the files are compared without being told. It finds
	// what the kernel does not tell: changes on network file systems, and links
	// swapped further up in the path.
	recheck = 30 * time.Second
)

// watcher finds out that the files of an inventory have changed. The kernel
// says when to look; whether something has changed is decided by the contents,
// so that it does not matter how an editor, a copy or Kubernetes' swap of
// symbolic links goes about it.
type watcher struct {
	path   string
	logger *slog.Logger
	notify *fsnotify.Watcher // nil if the host has none to give
	seen   [sha256.Size]byte
}

// newWatcher remembers the files as they are and starts to watch them.
func newWatcher(path string, logger *slog.Logger) *watcher {
	w := &watcher{path: path, logger: logger, seen: digest(path)}
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		logger.Warn("cannot be told of changed files, so the inventory is compared now and then",
			"every", recheck, "err", err)
		return w
	}
	w.notify = notify
	w.follow()
	return w
}

// run calls changed each time that the files have changed, until ctx is done.
func (w *watcher) run(ctx context.Context, changed func(context.Context)) error {
	var events chan fsnotify.Event
	var errs chan error
	if w.notify != nil {
		events, errs = w.notify.Events, w.notify.Errors
	}
	look := time.NewTimer(recheck)
	defer look.Stop()
	var latest time.Time // when to look however unsettled; zero: nothing has happened
	soon := func() {
		if latest.IsZero() {
			latest = time.Now().Add(unsettled)
		}
		look.Reset(min(settle, time.Until(latest)))
	}
	for {
		select {
		case <-ctx.Done():
			return w.close()
		case <-events:
			soon()
		case err := <-errs:
			w.logger.Debug("changes of files were missed", "err", err)
			soon()
		case <-look.C:
			w.look(ctx, changed)
			latest = time.Time{}
			look.Reset(recheck)
		}
	}
}

// look compares the files with what they were.
func (w *watcher) look(ctx context.Context, changed func(context.Context)) {
	w.follow()
	if now := digest(w.path); now != w.seen {
		w.seen = now
		changed(ctx)
	}
}

// follow watches the folders that matter now. Folders, because a file that is
// replaced by renaming another over it takes its watch with it; both that of
// the path and that of the file behind symbolic links.
func (w *watcher) follow() {
	if w.notify == nil {
		return
	}
	for _, path := range []string{w.path, resolve(w.path)} {
		if info, err := os.Stat(path); err != nil || !info.IsDir() {
			path = filepath.Dir(path)
		}
		if err := w.notify.Add(path); err != nil {
			w.logger.Debug("cannot watch a folder; its files are compared now and then", "path", path, "err", err)
		}
	}
}

func (w *watcher) close() error {
	if w.notify == nil {
		return nil
	}
	if err := w.notify.Close(); err != nil {
		return fmt.Errorf("stop watching the inventory: %w", err)
	}
	return nil
}

// resolve returns the path behind symbolic links, or the path itself if that
// cannot be told.
func resolve(path string) string {
	if behind, err := filepath.EvalSymlinks(path); err == nil {
		return behind
	}
	return path
}

// digest returns a sum over the contents of a file, or over the names and
// contents of the files in a folder. What cannot be read counts as such: a
// reload then says why.
func digest(path string) (sum [sha256.Size]byte) {
	h := sha256.New()
	if entries, err := os.ReadDir(path); err == nil {
		for _, e := range entries {
			addFile(h, filepath.Join(path, e.Name()))
		}
	} else {
		addFile(h, path)
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// addFile adds one file to a sum, with its length ahead of the contents so that
// two files never look like one.
func addFile(h io.Writer, path string) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		fmt.Fprintf(h, "%q %v\n", path, errors.Is(err, fs.ErrNotExist))
		return
	}
	data, err := os.ReadFile(path)
	fmt.Fprintf(h, "%q %d %v\n", path, len(data), err)
	_, _ = h.Write(data) // a hash takes everything
}
